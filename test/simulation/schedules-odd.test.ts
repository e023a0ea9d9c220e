import { playSchedules } from './schedules.js';

playSchedules({ usual: 240, share: 1, atOnce: 40 });

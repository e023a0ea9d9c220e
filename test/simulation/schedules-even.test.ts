import { playSchedules } from './schedules.js';

playSchedules({ usual: 240, share: 0, atOnce: 40 });

import { playSchedules } from './schedules.js';

playSchedules({ usual: 160, share: 1, atOnce: 40 });

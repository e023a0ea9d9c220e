import { playSchedules } from './schedules.js';

playSchedules({ usual: 160, share: 0, atOnce: 40 });

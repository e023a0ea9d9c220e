import { playSchedules } from './schedules.js';

playSchedules({ usual: 300, share: 0, atOnce: 50 });

import { playSchedules } from './schedules.js';

playSchedules({ usual: 300, share: 1, atOnce: 50 });

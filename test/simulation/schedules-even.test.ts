import { playSchedules } from './schedules.js';

playSchedules(300, 0);

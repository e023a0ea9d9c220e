import { realWorkplace } from './real-workplace.js';
import { playSchedules } from './schedules.js';

playSchedules({ usual: 2, share: 0, atOnce: 5, wishes: { workplace: realWorkplace, mostTasks: 4 } });

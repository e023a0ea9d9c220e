export type {
  Assignment,
  Delivery,
  Driver,
  DriverEvent,
  DriverProblem,
  Exit,
  ResumeHandle,
  Session,
  Usage,
} from './driver.js';
export type { DriverContext } from './driver-for.js';
export { driverFor } from './driver-for.js';

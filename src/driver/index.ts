export type { Assignment, Driver, DriverEvent, Exit, Session } from './driver.js';
export { driverFor } from './driver-for.js';

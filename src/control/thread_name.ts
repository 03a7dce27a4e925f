/** The name of the control thread, for profilers and debuggers. */
export const CONTROL_THREAD = "locust-control";

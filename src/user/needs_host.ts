/** A mark of user classes that cannot run without a base URL, so that a run without one is refused before it starts. */
export const NEEDS_HOST: unique symbol = Symbol("needs host");

export function needsHost(userClass: object): boolean {
  return NEEDS_HOST in userClass && userClass[NEEDS_HOST] === true;
}

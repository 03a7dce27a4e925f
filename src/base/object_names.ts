/** Refuses names of what every object has: figures are kept by name in plain objects, where `toString` is always there. Pure. */

/** What is wrong with a name, as a clause; undefined: nothing. */
export function findObjectName(name: string): string | undefined {
  return name in Object.prototype
    ? `its name cannot be used: every object of JavaScript has a "${name}"; give it another one`
    : undefined;
}

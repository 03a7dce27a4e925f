/**
 * Tells where our own modules lie: `…/src/` from source, the virtual root in the executable. There all modules have one
 * address, which is one folder deep: so this is asked in a file that lies one folder deep from source, too.
 */
export const OUR_ROOT: URL = new URL("..", import.meta.url);

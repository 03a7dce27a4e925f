/**
 * The session options of each user class: read from its statics once per host, so that one object serves all its users.
 * Forgotten when a run's plan changes the statics.
 */
import type { SessionOptions } from "../http/session/session_options.ts";

const settingsByClass = new WeakMap<object, SessionOptions>();

/** The options of a class at a base URL. */
export function settingsOf<C extends object>(
  userClass: C,
  baseUrl: string,
  read: (userClass: C) => SessionOptions,
): SessionOptions {
  const known = settingsByClass.get(userClass);
  if (known?.baseUrl === baseUrl) return known;
  const settings = { ...read(userClass), baseUrl };
  settingsByClass.set(userClass, settings);
  return settings;
}

/** The statics of the class have changed: read them again for its next user. */
export function forgetSettings(userClass: object): void {
  settingsByClass.delete(userClass);
}

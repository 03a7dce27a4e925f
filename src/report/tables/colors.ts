/** Colours of the terminal, as an argument: `none` writes plain text. Pure. */

export type Colors = "ansi" | "none";
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/**
 * Colours only where a terminal shows them, unless the user has said it: `NO_COLOR` (https://no-color.org) is stronger
 * than `FORCE_COLOR` and `CLICOLOR_FORCE` (https://force-color.org, https://bixense.com/clicolors), which colour the
 * log of a CI system too.
 */
export function chooseColors(
  environment: Readonly<Record<string, string | undefined>>,
  output: "terminal" | "other",
): Colors {
  const { NO_COLOR = "", FORCE_COLOR = "", CLICOLOR_FORCE = "", CLICOLOR = "" } = environment;
  if (NO_COLOR !== "" || FORCE_COLOR === "0" || FORCE_COLOR === "false") return "none";
  if (FORCE_COLOR !== "" || (CLICOLOR_FORCE !== "" && CLICOLOR_FORCE !== "0")) return "ansi";
  return output === "terminal" && canRepaint(environment) && CLICOLOR !== "0" ? "ansi" : "none";
}

/** Whether a terminal knows escape codes at all: `TERM=dumb` says that it does not, as in editors and some CI systems. */
export function canRepaint(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment["TERM"] !== "dumb";
}

/** Pad and cut before: the codes take no cells, but have a length. */
export function paint(text: string, style: Style, colors: Colors): string {
  return colors === "none" || text === "" ? text : `\x1b[${CODES[style]}m${text}\x1b[0m`;
}

/**
 * The text of a config file as a list of settings, each with its line. Three forms: Locust's `key = value` lines, JSON
 * (the "locust" object of package.json, or a file of its own), and TOML. Pure; which files are read is decided in
 * `config_sources.ts`.
 */
import type { RawValue } from "./argv_reader.ts";
import { findTomlSection, lineOfTomlKey } from "./config_toml.ts";
import { parseListText } from "./option_value.ts";

export interface ConfigText {
  readonly path: string; // as an error shows it
  readonly text: string;
  readonly form: "lines" | "json" | "packageJson" | "toml";
}

export interface ConfigSetting {
  readonly key: string;
  readonly value: RawValue;
  readonly path: string;
  readonly line: number; // from 1
}

export interface ConfigContents {
  readonly settings: readonly ConfigSetting[];
  readonly problems: readonly string[];
}

export function parseConfigText(config: ConfigText): ConfigContents {
  if (config.form === "lines") return parseLines(config);
  return config.form === "toml" ? parseToml(config) : parseJson(config);
}

/** Sections, comments and document marks of the formats that people confuse with this one. */
const IGNORED_LINE = /^\s*([#;[]|---|$)/;

const SETTING = /^(?:--)?([A-Za-z0-9][\w-]*)(?:\s*[=:]\s*|\s+|$)(.*)$/;

function parseLines(config: ConfigText): ConfigContents {
  const settings: ConfigSetting[] = [];
  const problems: string[] = [];
  config.text.replace(/^\uFEFF/, "").split(/\r?\n/).forEach((raw, index) => {
    if (IGNORED_LINE.test(raw)) return;
    const line = index + 1;
    const match = SETTING.exec(raw.trim());
    if (match === null) {
      problems.push(
        `Cannot read ${config.path}:${line}: it is not a setting; write "key = value", as in "users = 100"`,
      );
      return;
    }
    const [, key = "", rest = ""] = match;
    settings.push({ key, value: toRawValue(stripComment(rest)), path: config.path, line });
  });
  return { settings, problems };
}

/** Cuts off ` # comment` and ` ; comment` that stand outside quotes. */
function stripComment(text: string): string {
  let quote = "";
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if ((character === "#" || character === ";") && (index === 0 || /\s/.test(text[index - 1] ?? ""))) {
      return text.slice(0, index).trim();
    }
  }
  return text.trim();
}

function toRawValue(text: string): RawValue {
  if (text === "") return { kind: "bare" };
  const quoted = /^(["'])(.*)\1$/.exec(text);
  if (quoted !== null) return { kind: "text", text: quoted[2] ?? "" };
  if (text.startsWith("[") && text.endsWith("]")) return { kind: "list", items: parseListText(text) };
  return { kind: "text", text };
}

function parseJson(config: ConfigText): ConfigContents {
  let whole: unknown;
  try {
    whole = JSON.parse(config.text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // A package.json that npm cannot read either is not ours to report, unless it speaks of us.
    if (config.form === "packageJson" && !config.text.includes('"locust"')) return { settings: [], problems: [] };
    const why = error instanceof Error ? error.message : String(error);
    return { settings: [], problems: [`Cannot read ${config.path}: it is not valid JSON (${why}); correct it`] };
  }
  const nested = isRecord(whole) ? whole["locust"] : undefined;
  const section = nested ?? (config.form === "packageJson" ? {} : whole);
  if (!isRecord(section)) {
    const what = nested === undefined ? "it" : '"locust"';
    const problem = `Cannot read ${config.path}: ${what} is not an object; write { "users": 100 }`;
    return { settings: [], problems: [problem] };
  }
  const start = Math.max(0, config.text.indexOf('"locust"'));
  return readSection(config, section, (key) => lineOfKey(config.text, key, start));
}

function parseToml(config: ConfigText): ConfigContents {
  const found = findTomlSection(config.path, config.text.replace(/^\uFEFF/, ""));
  if (found.kind === "problem") return { settings: [], problems: [found.problem] };
  return readSection(config, found.section, (key) => lineOfTomlKey(config.text, key, found.startLine));
}

function readSection(
  config: ConfigText,
  section: Readonly<Record<string, unknown>>,
  lineOf: (key: string) => number,
): ConfigContents {
  const settings: ConfigSetting[] = [];
  const problems: string[] = [];
  for (const [key, value] of Object.entries(section)) {
    const line = lineOf(key);
    const raw = fromJson(value);
    if (raw === undefined) {
      problems.push(
        `Cannot use ${key} in ${config.path}:${line}: its value is not a text, number, boolean or list of these; write one of them`,
      );
    } else {
      settings.push({ key: key.replace(/^--/, ""), value: raw, path: config.path, line });
    }
  }
  return { settings, problems };
}

function fromJson(value: unknown): RawValue | undefined {
  if (["string", "number", "boolean"].includes(typeof value)) return { kind: "text", text: String(value) };
  if (!Array.isArray(value)) return undefined;
  return { kind: "list", items: value.map((item) => typeof item === "string" ? item : JSON.stringify(item)) };
}

/** JSON.parse keeps no positions; the first mention of the key after the section's start is its line. */
function lineOfKey(text: string, key: string, start: number): number {
  const at = text.indexOf(JSON.stringify(key), start);
  return text.slice(0, Math.max(0, at)).split("\n").length;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

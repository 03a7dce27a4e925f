/** Tells what the words of a command line that belong to no option name: locustfiles and user classes. Pure. */
import { isLocustfileName } from "./locustfile/locustfile_name.ts";
import { isUrl } from "./locustfile/locustfile_url.ts";
import type { ReadArguments } from "./reading/argv_reader.ts";
import { parseListText } from "./reading/option_value.ts";
import type { ResolvedOptions } from "./reading/resolve_options.ts";
import { splitWords } from "./table/split_list.ts";

/** Where user classes are named beside the words. */
interface NamedElsewhere {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where none are named, of a run that is resumed. */
  readonly userClasses?: readonly string[];
  /** By the web UI, for one run. */
  readonly pickedClasses?: readonly string[];
}

export function isFileName(word: string): boolean {
  return /\.([cm]?[jt]s|[jt]sx|py|ya?ml|json)$/.test(word) && !isUrl(word);
}

/**
 * `run FILE UserClass ...`; with `-f`, and in Locust's form, operands are user classes. Where there is a locustfile,
 * more operands that are named like one are more of them: so a shell writes `run load/*.ts`, and no class has a dot in
 * its name.
 */
export function splitOperands(
  line: NamedElsewhere,
  verb: "run" | "worker" | undefined,
  read: ReadArguments,
  resolved: ResolvedOptions,
): { readonly locustfile: string | undefined; readonly userClasses: readonly string[] } {
  const option = resolved.values.get("locustfile");
  const named = option === undefined || option.origin.kind === "default" ? undefined : String(option.value);
  const takesFile = verb === "run" && !read.typed.has("locustfile") && read.operands.length > 0;
  const [first, ...others] = read.operands;
  const main = takesFile ? first : named;
  const takesMore = verb !== "worker" && main !== undefined && (takesFile || read.typed.has("locustfile"));
  const more = takesMore ? (takesFile ? others : read.operands).filter(isLocustfileName) : [];
  const typedClasses = (takesFile ? others : read.operands).filter((word) => !more.includes(word)).flatMap((word) =>
    isUrl(word) ? [word] : splitWords(word)
  );
  const elsewhere = namesInVariable(line.env["LOCUST_USER_CLASSES"]);
  const unnamed = elsewhere.length > 0 ? elsewhere : line.userClasses ?? [];
  const classes = line.pickedClasses ?? (typedClasses.length > 0 ? typedClasses : unnamed);
  return { locustfile: main === undefined ? undefined : [main, ...more].join(","), userClasses: [...new Set(classes)] };
}

function namesInVariable(text: string | undefined): readonly string[] {
  return parseListText(text ?? "").flatMap(splitWords);
}

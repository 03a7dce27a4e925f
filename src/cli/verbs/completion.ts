/** Completion scripts for bash, zsh and fish, made from the tables: nothing has to be started to complete. Pure. */
import { flagOf, type OptionSpec } from "../options/table/option_spec.ts";
import { type Shell, SHELLS, type Verb, VERBS } from "../options/table/verbs.ts";

export function formatCompletion(shell: Shell): string {
  switch (shell) {
    case "bash":
      return formatBash();
    case "zsh":
      return formatZsh();
    case "fish":
      return formatFish();
  }
}

const visible = (options: readonly OptionSpec[]) => options.filter((spec) => spec.hidden === undefined);

function flagsOf(spec: OptionSpec): readonly string[] {
  return spec.short === undefined ? [flagOf(spec)] : [flagOf(spec), `-${spec.short}`];
}

/** Verbs whose operand is a file or folder. */
const FILE_VERBS = ["run", "check", "report", "compare", "init"];

/** Words that an operand of the verb can be. */
function operandWords(verb: Verb): readonly string[] {
  if (verb.name === "completion") return SHELLS;
  return verb.name === "help" ? VERBS.map(({ name }) => name) : [];
}

function formatBash(): string {
  const allOptions = new Map(VERBS.flatMap((verb) => visible(verb.options)).map((spec) => [spec.name, spec]));
  const cases = [...allOptions.values()].flatMap((spec) => {
    const pattern = flagsOf(spec).join("|");
    if (spec.choices !== undefined) {
      return [`    ${pattern}) COMPREPLY=($(compgen -W "${spec.choices.join(" ")}" -- "$current")); return ;;`];
    }
    if (spec.completes !== undefined) return [`    ${pattern}) COMPREPLY=($(compgen -f -- "$current")); return ;;`];
    return spec.type === "flag" || spec.type === "list" ? [] : [`    ${pattern}) return ;;`];
  });
  const verbs = VERBS.map((verb) => {
    const flags = visible(verb.options).map(flagOf).join(" ");
    return `    ${verb.name}) flags="${flags}"; words="${operandWords(verb).join(" ")}" ;;`;
  });
  const bare = visible(VERBS.find(({ name }) => name === "run")?.options ?? []).map(flagOf).join(" ");
  return `# bash completion for locust-ts; put  source <(locust-ts completion bash)  into ~/.bashrc
_locust_ts() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local flags="${bare}" words=""
  COMPREPLY=()
  case "$previous" in
${cases.join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${verbs.join("\n")}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${VERBS.map(({ name }) => name).join(" ")}" -- "$current"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _locust_ts locust-ts
`;
}

function formatZsh(): string {
  const verbs = VERBS.map((verb) => `    '${verb.name}:${escapeZsh(verb.summary)}'`);
  const cases = VERBS.map((verb) => {
    const specs = visible(verb.options).flatMap(zshSpecs);
    const words = operandWords(verb);
    const operand = words.length > 0
      ? [`'*:word:(${words.join(" ")})'`]
      : FILE_VERBS.includes(verb.name)
      ? ["'*:file:_files'"]
      : [];
    return `    ${verb.name}) shift words; (( CURRENT-- )); _arguments -s ${
      ["", ...specs, ...operand].join(" \\\n        ")
    } ;;`;
  });
  const bare = visible(VERBS.find(({ name }) => name === "run")?.options ?? []).flatMap(zshSpecs);
  return `#compdef locust-ts
# zsh completion for locust-ts; put it as _locust-ts into a folder of $fpath, or: source <(locust-ts completion zsh)
_locust_ts() {
  local -a verbs
  verbs=(
${verbs.join("\n")}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe 'command' verbs
    return
  fi
  case $words[2] in
${cases.join("\n")}
    *) _arguments -s ${["", ...bare].join(" \\\n        ")} ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _locust_ts "$@"; else compdef _locust_ts locust-ts; fi
`;
}

function zshSpecs(spec: OptionSpec): readonly string[] {
  const help = `[${escapeZsh(firstSentence(spec.help))}]`;
  if (spec.type === "flag") return flagsOf(spec).map((flag) => `'${flag}${help}'`);
  const action = spec.choices !== undefined
    ? `(${spec.choices.join(" ")})`
    : spec.completes !== undefined
    ? "_files"
    : " ";
  return flagsOf(spec).map((flag) => `'${flag}${help}:${escapeZsh(spec.placeholder ?? "value")}:${action}'`);
}

function escapeZsh(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&").replaceAll("'", "'\\''");
}

function formatFish(): string {
  const verbNames = VERBS.map(({ name }) => name).join(" ");
  const lines = [
    "# fish completion for locust-ts; put it into ~/.config/fish/completions/locust-ts.fish",
    "complete -c locust-ts -f",
    ...VERBS.map((verb) =>
      `complete -c locust-ts -n __fish_use_subcommand -a ${verb.name} -d ${quoteFish(verb.summary)}`
    ),
  ];
  for (const verb of VERBS) {
    const seen = `__fish_seen_subcommand_from ${verb.name}`;
    // Locust's form has no verb: run's options are offered there too.
    const when = quoteFish(verb.name === "run" ? `${seen}; or not __fish_seen_subcommand_from ${verbNames}` : seen);
    for (const spec of visible(verb.options)) lines.push(`complete -c locust-ts -n ${when} ${fishOption(spec)}`);
    if (FILE_VERBS.includes(verb.name)) lines.push(`complete -c locust-ts -n ${quoteFish(seen)} -F`);
    const words = operandWords(verb);
    if (words.length > 0) lines.push(`complete -c locust-ts -n ${quoteFish(seen)} -a ${quoteFish(words.join(" "))}`);
  }
  return `${lines.join("\n")}\n`;
}

function fishOption(spec: OptionSpec): string {
  const value = spec.type === "flag"
    ? ""
    : spec.choices !== undefined
    ? ` -x -a ${quoteFish(spec.choices.join(" "))}`
    : spec.completes !== undefined
    ? " -r -F"
    : " -x";
  return `-l ${spec.name}${spec.short === undefined ? "" : ` -s ${spec.short}`}${value} -d ${
    quoteFish(firstSentence(spec.help))
  }`;
}

function quoteFish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

function firstSentence(help: string): string {
  return (/^.*?[.;](?=\s|$)/.exec(help)?.[0] ?? help).replace(/[.;]$/, "");
}

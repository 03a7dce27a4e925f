/** Recognises the scripts of other load-testing tools, so that an error names the page that translates them. Pure. */

/** The rest of a sentence about a file that is not a locustfile; undefined when the file is not known to be another tool's. */
export function describeForeignScript(path: string, text: string): string | undefined {
  if (path.endsWith(".py")) {
    return "it is a Python file, for Locust; docs/coming-from-locust.md shows how to translate it";
  }
  if (/\.jmx$/i.test(path)) return "it is a test plan of JMeter; docs/coming-from-jmeter.md shows how to translate it";
  if (/\.lua$/i.test(path)) return "it is a Lua script, for wrk; docs/coming-from-wrk.md shows how to translate it";
  if (/\bfrom\s*["']locust-ts["']/.test(text)) return undefined;
  if (isGatlingSimulation(path, text)) {
    return "it is a Gatling simulation; docs/coming-from-gatling.md shows how to translate it";
  }
  if (isK6Script(text)) return "it is a k6 script; docs/coming-from-k6.md shows how to translate it";
  if (isArtilleryScript(path, text)) {
    return "it is an Artillery script; docs/coming-from-artillery.md shows how to translate it";
  }
  return undefined;
}

/** k6's modules are `k6`, `k6/http` …; they exist nowhere else. */
function isK6Script(text: string): boolean {
  return /(?:\bfrom|\bimport|\brequire\s*\()\s*["']k6(?:\/[\w./-]+)?["']/.test(text);
}

/** A class of Java, Kotlin or Scala, or a module that imports Gatling's own for JavaScript. */
function isGatlingSimulation(path: string, text: string): boolean {
  if (/\.(?:java|kt|scala)$/i.test(path)) return /\bSimulation\b/.test(text);
  return /\bfrom\s*["']@gatling\.io\//.test(text);
}

/** YAML or JSON with `scenarios` beside `config`, or a module that exports both. */
function isArtilleryScript(path: string, text: string): boolean {
  if (/\.ya?ml$/i.test(path)) return /^scenarios\s*:/m.test(text);
  if (/\.json$/i.test(path)) return /"scenarios"\s*:/.test(text) && /"(?:config|flow)"\s*:/.test(text);
  return exportsName(text, "scenarios") && exportsName(text, "config");
}

function exportsName(text: string, name: string): boolean {
  const exported = new RegExp(`\\bexport\\s+(?:const|let|var)\\s+${name}\\b|\\bexports\\.${name}\\s*=`);
  const inObject = new RegExp(`\\bmodule\\.exports\\s*=\\s*\\{[\\s\\S]*\\b${name}\\b`);
  return exported.test(text) || inObject.test(text);
}

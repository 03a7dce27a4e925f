/** Reads a line of InfluxDB's line protocol, character by character, with the escapes that it has. */
export interface InfluxPoint {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>; // as written
  readonly timestamp: string;
}

export function readInfluxLine(line: string): InfluxPoint {
  let at = 0;
  const readUntil = (ends: string) => {
    let text = "";
    while (at < line.length && !ends.includes(line[at]!)) {
      if (line[at] === "\\" && ", =".includes(line[at + 1] ?? "?")) at++;
      text += line[at++];
    }
    return text;
  };
  const readField = () => {
    if (line[at] !== '"') return readUntil(", ");
    const start = at++;
    while (line[at] !== '"') at += line[at] === "\\" ? 2 : 1;
    return line.slice(start, ++at);
  };
  const measurement = readUntil(", ");
  const tags: Record<string, string> = {};
  while (line[at] === ",") {
    at++;
    const key = readUntil("=");
    at++;
    tags[key] = readUntil(", ");
    if (key === "" || tags[key] === "") throw new Error(`an empty tag: ${line}`);
  }
  const fields: Record<string, string> = {};
  do {
    at++;
    const key = readUntil("=");
    at++;
    fields[key] = readField();
    if (!/^(?:-?\d+i|-?\d+(?:\.\d+)?(?:e-?\d+)?|".*")$/.test(fields[key])) throw new Error(`no field: ${line}`);
  } while (line[at] === ",");
  const timestamp = line.slice(at + 1);
  if (!/^\d{19}$/.test(timestamp)) throw new Error(`no timestamp in nanoseconds: ${line}`);
  return { measurement, tags, fields, timestamp };
}

/**
 * `multipart/form-data` (RFC 7578) as browsers write it: one part per field, files with name and type, names with `"`,
 * CR and LF percent-encoded (HTML §4.10.21.8). Files are not read here: the parts are bytes and blobs in order, so that
 * a large file streams and the length is known before.
 */
import { typeOfBlob } from "./blob_type.ts";

const encoder = new TextEncoder();

/** File name of a Blob without one (XHR §3.2); not every runtime fills it in. */
const UNNAMED_FILE = "blob";

export interface MultipartBody {
  readonly contentType: string;
  readonly parts: readonly (Uint8Array | Blob)[];
  readonly length: number;
}

/** The body of a form. `boundary` must not occur in the content: make it random. */
export function encodeMultipart(form: FormData, boundary: string): MultipartBody {
  const parts: (Uint8Array | Blob)[] = [];
  for (const [name, value] of form) {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(normalizeLines(name))}"`;
    if (typeof value === "string") {
      parts.push(encoder.encode(`${disposition}\r\n\r\n${normalizeLines(value)}\r\n`));
    } else {
      const type = value.type === "" ? "application/octet-stream" : typeOfBlob(value);
      const head = `${disposition}; filename="${
        escapeName(value.name ?? UNNAMED_FILE)
      }"\r\nContent-Type: ${type}\r\n\r\n`;
      parts.push(encoder.encode(head), value, encoder.encode("\r\n"));
    }
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`));
  const length = parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.size), 0);
  return { contentType: `multipart/form-data; boundary=${boundary}`, parts, length };
}

function escapeName(name: string): string {
  return name.replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/"/g, "%22");
}

/** Form text has CRLF line ends on the wire. */
function normalizeLines(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}

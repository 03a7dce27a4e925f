/** @jsxImportSource preact */
/** A response that failed, as it came: request, status, headers and the first bytes of the body. Its texts are the target's. */
import type { ApiFailureSample } from "../../src/server/answers/api_types.ts";
import { formatBytes, formatLocalDate } from "../view/format.ts";

interface FailureSampleProps {
  readonly sample: ApiFailureSample;
  /** Of the failure that it belongs to. */
  readonly label: string;
}

export function FailureSample({ sample, label }: FailureSampleProps) {
  const { at, request, status, headers, body, bodyBytes } = sample;
  return (
    <section class="sample" aria-label={`Sample of ${label}`}>
      <p class="sample-head">
        <code>{request}</code>
        <span class="sample-status">{status === null ? "no response" : status}</span>
        <time class="date" dateTime={at}>{formatLocalDate(at)}</time>
      </p>
      {headers.length > 0 && (
        <dl class="sample-headers">
          {headers.map(([name, value], i) => (
            <div key={i}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {body !== null && body !== "" && (
        <pre
          class="sample-body"
          tabIndex={0}
          role="group"
          aria-label="Body"
        >{body}</pre>
      )}
      <p class="note">{describeBody(sample)}</p>
      {bodyBytes > 0 && body === null && <p class="note">The body is no text.</p>}
    </section>
  );
}

function describeBody({ body, bodyBytes, status }: ApiFailureSample): string {
  if (status === null) return "The request ended without a response.";
  if (bodyBytes === 0) return "The response had no body.";
  const shown = body === null ? 0 : new TextEncoder().encode(body).length;
  return body !== null && shown < bodyBytes
    ? `The first ${formatBytes(shown)} of a body of ${formatBytes(bodyBytes)}`
    : `Body of ${formatBytes(bodyBytes)}`;
}

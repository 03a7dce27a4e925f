/** Sends a `rest()` request: the request, its JSON, the block, then exactly one sample whatever the block did. */
import { UserStopped } from "./control_flow.ts";
import type { BaseRes } from "./res.ts";
import type { RequestSender } from "./request_sender.ts";
import {
  describeBlockError,
  parseRest,
  type RestBlock,
  restHeaders,
  type RestOptions,
  type RestRes,
} from "./rest_block.ts";

export async function sendRest<R extends BaseRes & { text(): string | Promise<string> }, T>(
  sender: RequestSender<R>,
  method: string,
  url: string,
  options: RestOptions<R>,
  block: RestBlock<R, T> | undefined,
): Promise<RestRes<R, T>> {
  const performed = await sender.performOwn(method, url, { ...options, headers: restHeaders(options.headers) });
  const catching = sender.openValidation(performed);
  const text = await performed.res.text();
  const { js, failure } = parseRest(text, performed.res.status, performed.res.error);
  if (failure !== undefined) catching.decide(failure);
  const res = Object.assign(performed.res, { js: js as T });
  try {
    await block?.(res);
  } catch (thrown) {
    if (thrown instanceof UserStopped) {
      catching.end();
      throw thrown;
    }
    catching.decide(describeBlockError(thrown, text));
  }
  catching.end();
  return res;
}

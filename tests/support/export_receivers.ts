/** Stand-ins for the receivers of live exports, which keep what came: InfluxDB and OpenTelemetry over HTTP, StatsD over UDP. */
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type InfluxPoint, readInfluxLine } from "./read_influx_line.ts";
import { type OtlpRequest, readOtlp } from "./read_otlp.ts";

/** `flags` make a run export to them. */
export async function openExportReceivers() {
  const points: InfluxPoint[] = [];
  const packets: string[] = [];
  let otlp: OtlpRequest | undefined;
  const http = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (request.url === "/v1/metrics") otlp = readOtlp(body);
    else for (const line of body.toString().trimEnd().split("\n")) points.push(readInfluxLine(line));
    response.writeHead(request.url === "/v1/metrics" ? 200 : 204).end();
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const udp = createSocket("udp4");
  udp.on("message", (packet) => packets.push(...packet.toString().split("\n")));
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    flags: ["--influx", url, "--otlp-endpoint", url, "--statsd", `127.0.0.1:${udp.address().port}`],
    points,
    packets,
    otlp: () => otlp,
    close() {
      http.close();
      udp.close();
    },
  };
}

/** Loaded before each test file under Bun: plain TCP of the tests goes over what `LOCUST_SOCKET` says, as it does in the executable. */
import process from "node:process";
import type { SocketChoice } from "../../src/base/socket_kind.ts";
import { chooseSocket } from "../../src/platform/sockets/connect_socket.ts";

const asked = process.env["LOCUST_SOCKET"];
if (asked !== undefined) chooseSocket(asked as SocketChoice);

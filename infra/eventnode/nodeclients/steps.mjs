// Everything an official Node.js client offers for streams and persistent subscriptions, step by step:
//
//   node steps.mjs PACKAGE '{"address": "127.0.0.1:2113"}'
//
// Each step ends in a line of JSON. The Go test next to this file starts the node, runs this and makes tests of the lines.
import { runAll } from "./kit.mjs";
import "./streams.mjs";
import "./subscriptions.mjs";
import "./persistent.mjs";
import "./connections.mjs";

await runAll();

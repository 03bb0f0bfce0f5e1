// Answers each message on the channel that bears the worker's name.

const channel = new BroadcastChannel(self.name);
channel.onmessage = ({ data }) => channel.postMessage(`worker heard ${data}`);
channel.postMessage("ready");

package io.github.resiliencestarter.outbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TCP line to a server that can be cut, or made to swallow whatever is sent: then peers
 * see a connection that lives and never answers, as when a host goes away without a word.
 */
final class Wire implements AutoCloseable {

	private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)");

	private final ServerSocket server;

	private final String host;

	private final int port;

	private final String url;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private volatile State state = State.WHOLE;

	Wire(String url) throws IOException {
		Matcher address = ADDRESS.matcher(url);
		if (!address.find()) {
			throw new IllegalArgumentException(url);
		}
		this.host = address.group(1);
		this.port = Integer.parseInt(address.group(2));
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.url = address.replaceFirst("//127.0.0.1:" + this.server.getLocalPort());
		start(this::accept);
	}

	String url() {
		return this.url;
	}

	/**
	 * Neither side hears of the other any more, and neither is told.
	 */
	void swallow() {
		this.state = State.SWALLOWING;
	}

	/**
	 * Both sides are told, and new connections are refused.
	 */
	void cut() throws IOException {
		this.state = State.CUT;
		closeAll();
	}

	/**
	 * New connections work; old ones are of no use any more.
	 */
	void repair() throws IOException {
		closeAll();
		this.state = State.WHOLE;
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			if (this.state == State.CUT) {
				client.close();
				continue;
			}
			Socket upstream = new Socket(this.host, this.port);
			this.open.add(client);
			this.open.add(upstream);
			start(() -> pump(client, upstream));
			start(() -> pump(upstream, client));
		}
	}

	private void pump(Socket from, Socket to) throws IOException {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[65536];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				if (this.state == State.WHOLE) {
					out.write(buffer, 0, length);
					out.flush();
				}
			}
		}
	}

	private static void start(Io work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// the line is cut
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	private void closeAll() throws IOException {
		for (Socket socket : this.open) {
			socket.close();
		}
		this.open.clear();
	}

	@Override
	public void close() {
		try {
			this.server.close();
			closeAll();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private enum State {

		WHOLE, SWALLOWING, CUT

	}

	@FunctionalInterface
	private interface Io {

		void run() throws IOException;

	}

}

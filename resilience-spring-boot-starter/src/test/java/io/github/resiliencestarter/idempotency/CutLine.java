package io.github.resiliencestarter.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TCP line to a database that breaks when it is told to: just before or just after the
 * next COMMIT has passed.
 */
final class CutLine implements AutoCloseable {

	private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/");

	private final ServerSocket server;

	private final String host;

	private final int port;

	private final String url;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private volatile Cut next = Cut.NEVER;

	private volatile boolean down;

	CutLine(String url) throws IOException {
		Matcher address = ADDRESS.matcher(url);
		if (!address.find()) {
			throw new IllegalArgumentException(url);
		}
		this.host = address.group(1);
		this.port = Integer.parseInt(address.group(2));
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.url = address.replaceFirst("//127.0.0.1:" + this.server.getLocalPort() + "/");
		start(this::accept);
	}

	String url() {
		return this.url;
	}

	void cut(Cut when) {
		this.next = when;
	}

	void repair() {
		this.down = false;
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			if (this.down) {
				client.close();
				continue;
			}
			Socket upstream = new Socket(this.host, this.port);
			this.open.add(client);
			this.open.add(upstream);
			Line line = new Line(client, upstream);
			start(line::toServer);
			start(line::toClient);
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

	private void closeAll() throws IOException {
		for (Socket socket : this.open) {
			socket.close();
		}
	}

	/**
	 * When to cut.
	 */
	enum Cut {

		NEVER,

		/** The server never sees the COMMIT. */
		BEFORE_COMMIT,

		/** The server commits, and the client never hears of it. */
		AFTER_COMMIT,

		/** As before, and the server cannot be reached any more. */
		AFTER_COMMIT_AND_STAY_DOWN

	}

	@FunctionalInterface
	private interface Io {

		void run() throws IOException;

	}

	/**
	 * One connection.
	 */
	private final class Line {

		private final Socket client;

		private final Socket upstream;

		private volatile boolean swallow;

		Line(Socket client, Socket upstream) {
			this.client = client;
			this.upstream = upstream;
		}

		void toServer() throws IOException {
			InputStream in = this.client.getInputStream();
			OutputStream out = this.upstream.getOutputStream();
			byte[] buffer = new byte[65536];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				Cut cut = cut(Arrays.copyOf(buffer, length));
				if (cut == Cut.BEFORE_COMMIT) {
					break;
				}
				this.swallow = cut != Cut.NEVER;
				out.write(buffer, 0, length);
				out.flush();
			}
			if (!this.swallow) {
				cut();
			}
		}

		private Cut cut(byte[] packet) {
			Cut armed = CutLine.this.next;
			if (armed == Cut.NEVER || !isCommit(packet)) {
				return Cut.NEVER;
			}
			CutLine.this.next = Cut.NEVER;
			CutLine.this.down = armed == Cut.AFTER_COMMIT_AND_STAY_DOWN;
			return armed;
		}

		private static boolean isCommit(byte[] packet) {
			return new String(packet, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT).contains("COMMIT");
		}

		void toClient() throws IOException {
			InputStream in = this.upstream.getInputStream();
			OutputStream out = this.client.getOutputStream();
			byte[] buffer = new byte[65536];
			for (int length = in.read(buffer); length >= 0 && !this.swallow; length = in.read(buffer)) {
				out.write(buffer, 0, length);
				out.flush();
			}
			cut();
		}

		private void cut() throws IOException {
			this.client.close();
			this.upstream.close();
			if (CutLine.this.down) {
				closeAll();
			}
		}

	}

}

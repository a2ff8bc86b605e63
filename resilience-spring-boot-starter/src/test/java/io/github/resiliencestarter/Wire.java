package io.github.resiliencestarter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A TCP line to a server that can be cut, at once or at a certain word, or made to
 * swallow whatever is sent: then peers see a connection that lives and never answers, as
 * when a host goes away without a word.
 */
public final class Wire implements AutoCloseable {

	private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)");

	private final ServerSocket server;

	private final String host;

	private final int port;

	private final String url;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();

	private volatile State state = State.WHOLE;

	/**
	 * Lay a line.
	 * @param url a URL with the server's address
	 */
	public Wire(String url) throws IOException {
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

	/**
	 * Return the URL by which the server is reached through this line.
	 */
	public String url() {
		return this.url;
	}

	/**
	 * Tell whether new connections are refused.
	 */
	public boolean isCut() {
		return this.state == State.CUT;
	}

	/**
	 * Neither side hears of the other any more, and neither is told.
	 */
	public void swallow() {
		this.state = State.SWALLOWING;
	}

	/**
	 * Both sides are told, and new connections are refused.
	 */
	public synchronized void cut() throws IOException {
		this.state = State.CUT;
		closeAll();
	}

	/**
	 * Cut when a client next says a word.
	 * @param word the word, in capitals
	 * @param when what is cut, and when
	 */
	public void cutAt(String word, Cut when) {
		this.trap.set(new Trap(word, when));
	}

	/**
	 * New connections work; old ones are of no use any more.
	 */
	public synchronized void repair() throws IOException {
		closeAll();
		this.state = State.WHOLE;
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			// one that takes its time holds up no other
			start(() -> connectOrHangUp(client));
		}
	}

	private void connectOrHangUp(Socket client) throws IOException {
		try {
			connect(client);
		}
		catch (IOException ex) {
			// the line is cut, or nobody is at its end
			client.close();
		}
	}

	/**
	 * A line that is cut or repaired meanwhile keeps no connection that was on its way.
	 */
	private void connect(Socket client) throws IOException {
		Socket upstream = new Socket(this.host, this.port);
		synchronized (this) {
			if (this.state == State.CUT) {
				upstream.close();
				throw new IOException("The line is cut");
			}
			this.open.add(client);
			this.open.add(upstream);
		}
		Connection connection = new Connection(client, upstream);
		start(connection::toServer);
		start(connection::toClient);
	}

	private @Nullable Cut sprung(byte[] buffer, int length) {
		Trap set = this.trap.get();
		if (set == null || !new String(buffer, 0, length, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT)
			.contains(set.word())) {
			return null;
		}
		return this.trap.compareAndSet(set, null) ? set.when() : null;
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
			this.open.remove(socket);
		}
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

	/**
	 * What is cut at a word, and when.
	 */
	public enum Cut {

		/** The connection, and the server never sees the word. */
		BEFORE,

		/** The connection, when the server answers, and the client never sees that. */
		AFTER,

		/** As before, and the server cannot be reached any more. */
		AFTER_AND_STAY_DOWN

	}

	private enum State {

		WHOLE, SWALLOWING, CUT

	}

	private record Trap(String word, Cut when) {

	}

	@FunctionalInterface
	private interface Io {

		void run() throws IOException;

	}

	private final class Connection {

		private final Socket client;

		private final Socket upstream;

		private volatile boolean answerIsLost;

		Connection(Socket client, Socket upstream) {
			this.client = client;
			this.upstream = upstream;
		}

		void toServer() throws IOException {
			try {
				InputStream in = this.client.getInputStream();
				byte[] buffer = new byte[65536];
				for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
					Cut cut = sprung(buffer, length);
					if (cut == Cut.BEFORE) {
						return;
					}
					this.answerIsLost |= cut != null;
					if (cut == Cut.AFTER_AND_STAY_DOWN) {
						Wire.this.state = State.CUT;
					}
					pass(this.upstream, buffer, length);
				}
			}
			finally {
				if (!this.answerIsLost) {
					hangUp();
				}
			}
		}

		void toClient() throws IOException {
			try {
				InputStream in = this.upstream.getInputStream();
				byte[] buffer = new byte[65536];
				for (int length = in.read(buffer); length >= 0 && !this.answerIsLost; length = in.read(buffer)) {
					pass(this.client, buffer, length);
				}
			}
			finally {
				hangUp();
			}
		}

		private void pass(Socket to, byte[] buffer, int length) throws IOException {
			if (Wire.this.state == State.WHOLE || this.answerIsLost) {
				to.getOutputStream().write(buffer, 0, length);
			}
		}

		private void hangUp() throws IOException {
			this.client.close();
			this.upstream.close();
			if (Wire.this.state == State.CUT) {
				closeAll();
			}
		}

	}

}

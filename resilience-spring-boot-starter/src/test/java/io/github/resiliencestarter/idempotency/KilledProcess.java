package io.github.resiliencestarter.idempotency;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A process of its own that stops at every edge of a call at once, each with a key of its
 * own, says so, and waits to be killed.
 */
final class KilledProcess {

	private static final CountDownLatch FOR_EVER = new CountDownLatch(1);

	private KilledProcess() {
	}

	/**
	 * Where a call can be when its process dies.
	 */
	enum Edge {

		BEFORE_CLAIM, AFTER_CLAIM, AFTER_EFFECT, AFTER_COMMIT

	}

	public static void main(String[] arguments) throws InterruptedException {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(arguments[0]);
		config.setUsername(arguments[1]);
		config.setPassword(arguments[2]);
		config.setMaximumPoolSize(Edge.values().length);
		Instance instance = Instance.start(new HikariDataSource(config), List.of(Victim.class));
		for (Edge edge : Edge.values()) {
			new Thread(() -> {
				if (edge == Edge.BEFORE_CLAIM) {
					stop(edge);
				}
				instance.get(Victim.class).run(edge + arguments[3], edge);
			}).start();
		}
		FOR_EVER.await();
	}

	private static void stop(Edge edge) {
		System.out.println("AT " + edge);
		System.out.flush();
		try {
			FOR_EVER.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class Victim {

		private final JdbcClient jdbc;

		Victim(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Idempotent(key = "#key", operation = "killed", fingerprint = "#key")
		public String run(String key, Edge stopAt) {
			if (stopAt == Edge.AFTER_CLAIM) {
				stop(stopAt);
			}
			this.jdbc.sql("INSERT INTO effects (name) VALUES (?)").param(key).update();
			if (stopAt == Edge.AFTER_EFFECT) {
				stop(stopAt);
			}
			if (stopAt == Edge.AFTER_COMMIT) {
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
					@Override
					public void afterCommit() {
						stop(stopAt);
					}
				});
			}
			return "by " + ProcessHandle.current().pid();
		}

	}

}

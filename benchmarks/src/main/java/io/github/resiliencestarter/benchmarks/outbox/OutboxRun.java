package io.github.resiliencestarter.benchmarks.outbox;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

import io.github.resiliencestarter.benchmarks.Phase;
import io.github.resiliencestarter.benchmarks.Work;
import io.github.resiliencestarter.benchmarks.WriteLoad;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures one library in a JVM of its own: {@code <library> <database> <messages>
 * <rounds> <large backlog, or 0> <result file>}.
 */
public final class OutboxRun {

	private static final int PRODUCERS = 4;

	private static final int MESSAGES_A_SECOND = 200;

	private static final int SMALL_BACKLOG = 5_000;

	private static final int MESSAGES_OF_LARGE_TRANSACTIONS = 500;

	private final OutboxLibrary library;

	private final String url;

	private OutboxRun(OutboxLibrary library, String url) {
		this.library = library;
		this.url = url;
	}

	public static void main(String[] args) {
		int exitCode = 1;
		try {
			run(args);
			exitCode = 0;
		}
		catch (Exception ex) {
			ex.printStackTrace();
		}
		// some libraries leave threads behind
		System.exit(exitCode);
	}

	private static void run(String[] args) throws IOException {
		OutboxRun run = new OutboxRun(OutboxBenchmarks.Contestant.valueOf(args[0]).library(), args[1]);
		OutboxFigures figures = run.measure(args[0], Integer.parseInt(args[2]), Integer.parseInt(args[3]),
				Integer.parseInt(args[4]));
		Files.writeString(Path.of(args[5]), JsonMapper.shared().writeValueAsString(figures));
	}

	/**
	 * The first rounds only warm up, and so do twice as many backlogs that are quickly
	 * published: what runs once for hundreds of messages is compiled late, so that a
	 * drain is as fast as it stays after some 300,000 of them.
	 */
	private OutboxFigures measure(String name, int messages, int rounds, int largeBacklog) {
		double firstDrainRate = round(messages).drainRate();
		for (int round = 1; round < rounds; round++) {
			round(messages);
		}
		for (int backlog = 0; backlog < 2 * rounds; backlog++) {
			backlog(messages);
		}
		List<Round> measured = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			measured.add(round(messages));
		}
		double[] latencies = latencies(messages / 10);
		Double small = (largeBacklog > 0) ? backlog(SMALL_BACKLOG) : null;
		Double large = (largeBacklog > 0) ? backlog(largeBacklog) : null;
		return new OutboxFigures(name, median(measured, Round::bareRate), median(measured, Round::enqueueRate),
				median(measured, (round) -> round.enqueued.walBytes()), median(measured, Round::drainRate),
				drainRates(measured).min().orElseThrow(), drainRates(measured).max().orElseThrow(), firstDrainRate,
				median(measured, (round) -> round.drained.transactions()),
				median(measured, (round) -> round.drained.walBytes()), latencies[latencies.length / 2],
				latencies[(int) (latencies.length * 0.99)], small, large);
	}

	private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
		return Work.median(rounds.stream().mapToDouble(figure).toArray());
	}

	private static DoubleStream drainRates(List<Round> rounds) {
		return rounds.stream().mapToDouble(Round::drainRate);
	}

	/**
	 * Publish a backlog and drain it.
	 */
	private Round round(int messages) {
		boolean inMemory = this.library.deliversOnlyWhatItPublished();
		Deliveries deliveries = Deliveries.hold(messages);
		this.library.open(this.url, inMemory);
		createOrders();
		Phase bare = new Phase(this.library.jdbc(), (number) -> place(number, false));
		Phase enqueued = new Phase(this.library.jdbc(), (number) -> place(number, true));
		Phase.byTurns(PRODUCERS, messages, bare, enqueued);
		if (!inMemory) {
			reopen();
		}
		WriteLoad start = now();
		drain(deliveries);
		WriteLoad drained = now();
		this.library.close();
		return new Round(bare.rate(), enqueued.rate(), enqueued.load(), deliveries.rate(),
				drained.since(start, messages));
	}

	/**
	 * Starting an application keeps the compiler's threads busy with what has nothing to
	 * do with deliveries, on one of few cores: wait until they rest.
	 */
	private void drain(Deliveries deliveries) {
		CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
		long before;
		int looks = 0;
		do {
			before = compiler.getTotalCompilationTime();
			LockSupport.parkNanos(500_000_000);
		}
		while (compiler.getTotalCompilationTime() - before > 10 && ++looks < 20);
		deliveries.letGo();
		deliveries.await();
		settle();
	}

	private void reopen() {
		this.library.close();
		this.library.open(this.url, true);
	}

	private void createOrders() {
		this.library.jdbc()
			.execute("CREATE TABLE IF NOT EXISTS orders"
					+ " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number int NOT NULL, text text NOT NULL)");
	}

	private void place(int number, boolean publish) {
		OrderPlaced order = new OrderPlaced(number);
		this.library.transaction().executeWithoutResult((status) -> {
			this.library.jdbc().update("INSERT INTO orders (number, text) VALUES (?, ?)", order.number(), order.text());
			if (publish) {
				this.library.publish(order);
			}
		});
	}

	/**
	 * Wait until the last acknowledgement is written.
	 */
	private void settle() {
		Long pending = 1L;
		for (int i = 0; i < 600 && pending != null && pending > 0; i++) {
			pending = this.library.jdbc().queryForObject(this.library.pending(), Long.class);
			LockSupport.parkNanos(50_000_000);
		}
	}

	private WriteLoad now() {
		return WriteLoad.now(this.library.jdbc());
	}

	/**
	 * Publish at a fixed rate while the same application delivers.
	 * @return milliseconds from the commit to the handler, ascending
	 */
	private double[] latencies(int messages) {
		Deliveries.expect(0);
		this.library.open(this.url, true);
		paced(MESSAGES_A_SECOND * 2);
		Deliveries deliveries = Deliveries.expect(messages);
		long[] committed = paced(messages);
		deliveries.await();
		settle();
		this.library.close();
		double[] latencies = new double[messages];
		for (int number = 0; number < messages; number++) {
			latencies[number] = Math.max(0, deliveries.time(number) - committed[number]) / 1e6;
		}
		Arrays.sort(latencies);
		return latencies;
	}

	private long[] paced(int messages) {
		long[] committed = new long[messages];
		long interval = 1_000_000_000L / MESSAGES_A_SECOND;
		long start = System.nanoTime();
		for (int number = 0; number < messages; number++) {
			while (System.nanoTime() < start + number * interval) {
				LockSupport.parkNanos(start + number * interval - System.nanoTime());
			}
			place(number, true);
			committed[number] = System.nanoTime();
		}
		return committed;
	}

	/**
	 * Drain a backlog that was published quickly, many messages in a transaction.
	 */
	private double backlog(int messages) {
		boolean inMemory = this.library.deliversOnlyWhatItPublished();
		Deliveries deliveries = Deliveries.hold(messages);
		this.library.open(this.url, inMemory);
		int transactions = messages / MESSAGES_OF_LARGE_TRANSACTIONS;
		Work.rate(PRODUCERS, transactions,
				(transaction) -> this.library.transaction().executeWithoutResult((status) -> {
					for (int i = 0; i < MESSAGES_OF_LARGE_TRANSACTIONS; i++) {
						this.library.publish(new OrderPlaced(transaction * MESSAGES_OF_LARGE_TRANSACTIONS + i));
					}
				}));
		if (!inMemory) {
			reopen();
		}
		drain(deliveries);
		this.library.close();
		return deliveries.rate();
	}

	private record Round(double bareRate, double enqueueRate, WriteLoad enqueued, double drainRate, WriteLoad drained) {

	}

}

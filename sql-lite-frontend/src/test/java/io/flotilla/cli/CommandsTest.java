package io.flotilla.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.cli.fake.FakeEngine;
import io.flotilla.cli.fake.FakeTerminal;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.TlsFiles;
import io.flotilla.engine.UnavailableException;
import io.flotilla.engine.admin.FleetStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Command lines as people type them: what is printed, which exit code, one line for each error.
final class CommandsTest {
  private final FakeEngine engine = new FakeEngine();
  private final FakeTerminal terminal = new FakeTerminal("from stdin");

  private int run(String... args) {
    return Commands.run(new Shell(terminal.terminal(), (_, _) -> engine), args);
  }

  private int runLine(String line) {
    return run(line.split(" "));
  }

  private void assertFails(int code, String message, String... args) {
    assertEquals(code, run(args), terminal.err());
    List<String> lines = terminal.err().lines().toList();
    assertTrue(lines.getFirst().startsWith("flotilla: "), terminal.err());
    assertTrue(lines.getFirst().contains(message), terminal.err());
    assertEquals(code == Commands.USAGE ? 2 : 1, lines.size(), terminal.err());
  }

  @Test
  void putThenGet() {
    assertEquals(0, run("kv", "put", "greeting", "hello, fleet"));
    assertEquals(0, run("kv", "get", "greeting"));
    assertEquals("hello, fleet\n", terminal.out());
    assertTrue(engine.isClosed());
  }

  @Test
  void putFromStandardInput() {
    assertEquals(0, run("kv", "put", "k", "--file", "-"));
    assertEquals("from stdin", engine.text("k").orElseThrow());
  }

  @Test
  void getSeveralAsJson() {
    engine.with("a", "1").with("b", "\uD83D\uDEA2");
    assertEquals(0, run("kv", "get", "a", "b", "--json"));
    assertEquals(
        """
        {"key":"a","value":"1"}
        {"key":"b","value":"\uD83D\uDEA2"}
        """,
        terminal.out());
  }

  @Test
  void getOfNothing() {
    assertFails(1, "no value for 'nothing'", "kv", "get", "nothing");
  }

  @Test
  void deleteAndCompareAndSet() {
    engine.with("a", "1");
    assertEquals(0, runLine("kv cas a --expect 1 --set 2"));
    assertEquals("2", engine.text("a").orElseThrow());
    assertFails(1, "nothing changed", "kv", "cas", "a", "--expect-absent", "--set", "3");
    assertEquals(0, runLine("kv delete a"));
    assertEquals(0, runLine("kv cas a --expect-absent --set 3"));
    assertEquals("3", engine.text("a").orElseThrow());
  }

  @Test
  void scanForwardBackwardAndCount() {
    engine.with("a", "0").with("k/1", "x").with("k/2", "y").with("z", "0");
    assertEquals(0, runLine("kv scan k/"));
    assertEquals(0, runLine("kv scan --reverse --limit 1 --keys-only"));
    assertEquals(0, runLine("kv scan --from b --to z --count"));
    assertEquals("k/1\tx\nk/2\ty\nz\n2\n", terminal.out());
  }

  /// A fleet of one store has nothing wrong with it; what it lacks is somebody who starts more.
  @Test
  void statusOfAYoungFleetSaysHowItGrows() {
    engine.fleet().setStatus(new FleetStatus("c0ffee", 1, 1, 2, 2, 0, 0, 3, 1, 0));
    assertEquals(0, runLine("status"));
    assertTrue(
        terminal
            .out()
            .contains(
                "2, all with a leader; for 3 replicas of each start 2 more nodes with"
                    + " --join 127.0.0.1:4100"),
        terminal.out());
    engine.fleet().setStatus(new FleetStatus("c0ffee", 2, 2, 2, 2, 1, 0, 3, 1, 2));
    assertEquals(0, runLine("status"));
    assertTrue(terminal.out().contains("2, 1 without a leader\n"), terminal.out());
    assertTrue(
        terminal.out().contains("led by store 1; 2 changes of ranges under way\n"), terminal.out());
  }

  /// After a start of all nodes the driver knows of a range only once somebody leads it.
  @Test
  void statusOfAFleetThatHasJustStartedDoesNotSayThatAllIsWell() {
    engine.fleet().setStatus(new FleetStatus("c0ffee", 2, 2, 1, 0, 0, 0, 2, 1, 0));
    assertEquals(0, runLine("status"));
    assertTrue(
        terminal.out().contains("1, 1 more of which no leader is known yet\n"), terminal.out());
  }

  @Test
  void livenessIsATable() {
    assertEquals(0, runLine("store liveness"));
    assertEquals(
        """
        STORE  ASLEEP  REPLICAS  PEER  HEARD      DISK  VOUCHES  VOUCHED FOR
            1       1         2     2  no         well  no       yes
            2       -         -     -  no answer
        """,
        terminal.out());
  }

  @Test
  void aStoreIsRemovedUnlessSomethingWouldBeLost() {
    assertEquals(0, runLine("store remove 2"));
    assertEquals(
        "store 2 is being removed: 2 replicas to move; follow it with 'flotilla store list'\n",
        terminal.out());
    assertFails(1, "nobody else can take the replica", "store", "remove", "1");
  }

  @Test
  void tlsFilesAreHandedToTheEngine() {
    List<EngineOptions> seen = new ArrayList<>();
    Shell shell =
        new Shell(
            terminal.terminal(),
            (_, options) -> {
              seen.add(options);
              return engine;
            });
    assertEquals(0, Commands.run(shell, "status", "--tls-dir", "certs"));
    assertEquals(0, Commands.run(shell, "status"));
    assertEquals(TlsFiles.in(Path.of("certs")), seen.getFirst().tls());
    assertNull(seen.getLast().tls());
  }

  @Test
  void statusForPeopleSaysWhatIsWrong() {
    assertEquals(0, runLine("status"));
    assertEquals(
        """
        cluster    c0ffee
        stores     1 of 2 up
        ranges     2, 2 with fewer than 3 live replicas
        asleep     1 of 2 replicas
        data       10.0 MiB on disk
        placement  led by store 1
        disk       store 2 is nearly full (700 MiB free): it refuses writes that add data; %s

        STORE  ADDRESS         STATE  RANGES  LEADERS     SIZE         FREE        SEEN  VERSION  %s
            1  127.0.0.1:4100  up          2        2  5.0 MiB     40.0 GiB  300 ms ago  0.1      %s
            2  127.0.0.1:4101  down        2        1  5.0 MiB  700 MiB LOW  1m 01s ago  0.1      %s
        """
            .formatted("free some room on it or delete data", "DURABILITY", "fsync", "fsync"),
        terminal.out());
  }

  @Test
  void rangesSplitAndListed() {
    assertEquals(0, runLine("range split city/M"));
    assertEquals(0, runLine("range split 2 --at city/C --json"));
    assertEquals(0, runLine("range list"));
    String[] parts = terminal.out().split("(?=RANGE)");
    assertEquals(
        """
        RANGE  FROM         TO      LEADER  STORES       GEN  TERM  COMMITTED     SIZE  ASLEEP  \
        OPERATOR
            1  (placement)               1  1 2:learner    3     5      1,234  5.0 MiB  yes
            2  -inf         city/C       1  1 2:learner    3     5      1,234  5.0 MiB  no
            4  city/C       city/M       1  1 2:learner    3     5      1,234  5.0 MiB  no
            3  city/M       +inf         1  1 2:learner    3     5      1,234  5.0 MiB  no
        """,
        parts[parts.length - 1]);
  }

  @Test
  void leaderTransfer() {
    assertEquals(0, runLine("range transfer-leader 2 --to 2"));
    assertEquals(0, runLine("range show 2"));
    assertTrue(terminal.out().contains("leader      store 2\n"), terminal.out());
    assertFails(1, "store 9 has no replica", "range", "transfer-leader", "2", "--to", "9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "store list",
        "store liveness",
        "range list",
        "range show 2",
        "kv snapshot"
      })
  void everyViewPrintsOneLineOfJson(String command) {
    assertEquals(0, runLine(command + " --json"));
    assertEquals(1, terminal.out().lines().count());
    assertTrue(terminal.out().matches("(?s)[\\[{].*[\\]}]\n"), terminal.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kv fetch a|unknown argument fetch",
        "statsu|did you mean status",
        "status --colour|unknown option --colour",
        "kv get|KEY",
        "kv get a --timeout soon|'soon' is not a duration",
        "kv get a --connect nowhere|'nowhere' is not an address",
        "kv get a --connect host:99999|'host:99999' is not an address",
        "kv get \\q|backslash",
        "kv put a|VALUE",
        "range show 0|range ids start at 1",
        "bench|--workload",
        "bench --workload walk|walk",
        "start|--data",
        "start --data d --advertise a:1,b:2|--advertise takes one address",
        "kv|subcommand",
      })
  void wrongCommandLines(String line, String message) {
    assertFails(Commands.USAGE, message, line.split(" "));
    assertTrue(terminal.err().lines().toList().getLast().startsWith("try: flotilla"));
    assertEquals(0, engine.calls());
  }

  @Test
  void emptyAndOversizedKeysAndValues() {
    assertFails(Commands.USAGE, "the key is empty", "kv", "get", "");
    FakeTerminal second = new FakeTerminal();
    assertEquals(
        Commands.USAGE,
        Commands.run(
            new Shell(second.terminal(), (_, _) -> engine), "kv", "get", "k".repeat(4097)));
    assertTrue(second.err().contains("4,097 bytes; the limit is 4,096"), second.err());
    FakeTerminal third = new FakeTerminal();
    assertEquals(
        Commands.FAILED,
        Commands.run(
            new Shell(third.terminal(), (_, _) -> engine),
            "kv",
            "put",
            "a",
            "v".repeat((1 << 20) + 1)));
    assertTrue(third.err().contains("over the limit of 1,048,576 bytes"), third.err());
    assertEquals(0, engine.size());
  }

  @Test
  void fleetThatCannotBeReached() {
    engine.failNext(new UnavailableException("no node answers at 127.0.0.1:1"));
    assertFails(1, "no node answers at 127.0.0.1:1", "kv", "get", "a");
  }

  @Test
  void severalLinesBecomeOne() {
    engine.failNext(new RejectedException("first\n  second"));
    assertFails(1, "first; second", "kv", "get", "a");
  }

  @Test
  void unexpectedErrorSaysSoAndDebugShowsWhere() {
    Shell shell =
        new Shell(
            terminal.terminal(),
            (_, _) -> {
              throw new IllegalStateException("oops");
            });
    assertEquals(1, Commands.run(shell, "status", "--debug"));
    assertTrue(terminal.err().startsWith("flotilla: internal error: IllegalStateException: oops"));
    assertTrue(terminal.err().contains("at io.flotilla.cli"), terminal.err());
  }

  @Test
  void splitWhereItCannotBe() {
    assertFails(1, "placement group", "range", "split", "1");
    assertEquals(0, runLine("range split m"));
    FakeTerminal second = new FakeTerminal();
    Shell shell = new Shell(second.terminal(), (_, _) -> engine);
    assertEquals(1, Commands.run(shell, "range", "split", "m"));
    assertTrue(second.err().contains("a range begins at 'm' already"), second.err());
    assertEquals(1, Commands.run(shell, "range", "split", "2", "--at", "x"));
    assertTrue(second.err().contains("'x' is not in range 2"), second.err());
  }

  @Test
  void loadThenVerify(@TempDir Path folder) throws Exception {
    Path csv = Files.writeString(folder.resolve("a.csv"), "id,name\n1,Z\u00FCrich\n2,Bern\n");
    String options = csv + " --key id --prefix city/";
    assertEquals(0, runLine("kv load " + options), terminal.err());
    assertEquals("{\"id\":1,\"name\":\"Z\u00FCrich\"}", engine.text("city/1").orElseThrow());
    assertTrue(terminal.out().startsWith("2 rows in "), terminal.out());
    assertEquals(0, runLine("kv verify " + options));
    engine.with("city/2", "{}");
    assertEquals(1, runLine("kv verify " + options));
    assertTrue(terminal.err().contains("line 3: city/2 has another value"), terminal.err());
  }

  @Test
  void loadOfWhatIsNotThere() {
    assertFails(1, "no file missing.csv", "kv", "load", "missing.csv", "--key", "id");
  }

  @Test
  void benchOverTheFake() {
    String line = "bench --workload mixed --clients 4 --seconds 1 --warmup 0 --keys 50 --json";
    assertEquals(0, runLine(line + " --ranges 4 --no-preload"), terminal.err());
    assertTrue(terminal.out().contains("\"durability\":\"fsync\""), terminal.out());
    assertEquals(5, engine.fleet().ranges().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "start", "demo", "kv load", "kv scan", "range split", "bench", "kv"})
  void helpTeaches(String command) {
    assertEquals(0, runLine((command + " --help").strip()));
    assertTrue(terminal.out().contains("flotilla"), terminal.out());
    terminal
        .out()
        .lines()
        .forEach(text -> assertTrue(text.length() <= 100, () -> "too long: " + text));
  }
}

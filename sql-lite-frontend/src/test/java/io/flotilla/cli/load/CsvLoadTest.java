package io.flotilla.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.cli.fake.FakeEngine;
import io.flotilla.cli.fake.FakeTerminal;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.BusyException;
import io.flotilla.engine.DeadlineException;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.UnavailableException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Loading against an engine that fails now and then.
final class CsvLoadTest {
  private static final String FILE = "id\n1\n2\n3\n";

  private final FakeEngine engine = new FakeEngine();
  private final FakeTerminal terminal = new FakeTerminal();
  private final Shell shell = new Shell(terminal.terminal(), (_, _) -> engine);

  private static CsvSource source(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new CsvSource("x.csv", new ByteArrayInputStream(bytes), bytes.length);
  }

  private CsvLoad.Report load(String text, Duration patience) {
    CsvOptions options = new CsvOptions(List.of("id"), new byte[0], List.of());
    return CsvLoad.load(shell, engine, source(text), new CsvLoad.Plan(options, patience, null));
  }

  @Test
  void passingFailuresAreRetried() {
    engine.failNext(
        new BusyException("b"),
        new UnavailableException("u"),
        new DeadlineException("d"),
        new OutcomeUnknownException("o"));
    CsvLoad.Report report = load(FILE, Duration.ofMinutes(1));
    assertEquals(3, report.rows());
    assertEquals(4, report.retries());
    assertEquals(3, engine.size());
  }

  @Test
  void otherFailuresEndTheLoadWithTheirLine() {
    engine.failNext(new RejectedException("not this one"));
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> load(FILE, Duration.ofMinutes(1)));
    assertEquals("x.csv line 2: not this one", failure.getMessage());
  }

  @Test
  void patienceEnds() {
    engine.failNext(new UnavailableException("range 2 has no leader"));
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> load(FILE, Duration.ofNanos(1)));
    assertTrue(
        failure.getMessage().startsWith("x.csv line 2: range 2 has no leader (gave up after "),
        failure.getMessage());
  }

  @Test
  void badRowStopsAndSaysHowFarItCame() {
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> load("id\n1\n2,2\n3\n", Duration.ofMinutes(1)));
    assertEquals(
        "x.csv line 3: has 2 fields, the header has 1"
            + " (1 rows before it are done; --skip-bad goes on)",
        failure.getMessage());
    assertEquals(1, engine.size());
  }

  @Test
  void acknowledgedKeysAreWrittenDownAndChecked(@TempDir Path folder) {
    Path log = folder.resolve("acked");
    CsvOptions options = new CsvOptions(List.of("id"), new byte[0], List.of());
    try (AckedLog acked = AckedLog.create(log)) {
      CsvLoad.load(
          shell,
          engine,
          source("id\n1\n2\n"),
          new CsvLoad.Plan(options, Duration.ofMinutes(1), acked));
    }
    Set<String> keys = AckedLog.read(log);
    assertEquals(Set.of("1", "2"), keys);
    engine.delete("2".getBytes(StandardCharsets.UTF_8));
    CsvVerify.Report report =
        new CsvVerify(shell, source(FILE), keys).verify(engine, options, Duration.ofMinutes(1));
    assertEquals(1, report.missing());
    assertEquals(1, report.notLoaded());
    assertTrue(terminal.err().contains("x.csv line 3: 2 is missing"), terminal.err());
  }
}

package io.flotilla.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.cli.fake.FakeEngine;
import io.flotilla.cli.fake.FakeTerminal;
import io.flotilla.cli.load.CsvLoad;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.StoreId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What starting nodes needs around the nodes.
final class RunTest {
  @Test
  void childRunsWhatThisProcessRuns() {
    assertEquals(
        List.of("java", "-Xmx1g", "-cp", "a:b", "io.flotilla.cli.Main"),
        JavaCommand.of(
            "java", List.of("-Xmx1g", "-cp", "a:b", "io.flotilla.cli.Main", "demo", "--nodes")));
    assertTrue(JavaCommand.of("java", List.of("other.Main")).contains("-cp"));
  }

  @Test
  void argumentsAreReadHowLongEverTheyAre(@TempDir Path folder) throws Exception {
    String path = "a:".repeat(4_000);
    Path file = folder.resolve("cmdline");
    Files.writeString(file, "java\0-cp\0" + path + "\0io.flotilla.cli.Main\0demo\0");
    ProcessHandle.Info own = ProcessHandle.current().info();
    assertEquals(
        List.of("-cp", path, "io.flotilla.cli.Main", "demo"), JavaCommand.arguments(file, own));
    assertEquals(
        List.of(own.arguments().orElse(new String[0])),
        JavaCommand.arguments(folder.resolve("none"), own));
  }

  @Test
  void configurationFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("node.properties");
    Files.writeString(file, "# comment\nreads=quorum\nunsafe-no-fsync = true \n");
    assertEquals(Map.of("reads", "quorum", "unsafe-no-fsync", "true"), ConfigFile.read(file));
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> ConfigFile.read(folder.resolve("none")));
    assertTrue(failure.getMessage().contains("cannot read the configuration"));
  }

  @Test
  void sampleIsWholeAndSplitsIntoSix() throws Exception {
    FakeEngine engine = new FakeEngine();
    FakeTerminal terminal = new FakeTerminal();
    Shell shell = new Shell(terminal.terminal(), (_, _) -> engine);
    CsvLoad.Report report = SampleData.load(shell, engine);
    assertEquals(24_323, report.rows());
    assertEquals(24_323, engine.size());
    assertTrue(engine.text("city/CH/2657896").orElseThrow().contains("\"name\":\"Z\u00FCrich\""));
    SampleData.split(engine.fleet());
    assertEquals(7, engine.fleet().ranges().size());
  }

  @Test
  void trainSaysWhatIsWrongBeforeItStartsAnything(@TempDir Path folder) throws Exception {
    // The launcher says where the cache goes; this process was not started by it.
    assertTrue(refusal(WrongUsage.class).contains("--output"));
    String cache = folder.resolve("node.aot").toString();
    for (String wrong : List.of("199", "10001")) {
      String why = refusal(WrongUsage.class, "--output", cache, "--ranges", wrong);
      assertTrue(why.contains("got " + wrong), why);
    }
    String isFolder = refusal(CommandFailure.class, "--output", folder.toString());
    assertTrue(isFolder.endsWith("is a folder"), isFolder);
    Path nowhere = folder.resolve("none");
    String noFolder = refusal(CommandFailure.class, "--output", nowhere.resolve("a").toString());
    assertTrue(noFolder.contains(nowhere.toString()), noFolder);
    assertEquals(0, count(folder));
  }

  private static <E extends RuntimeException> String refusal(Class<E> how, String... arguments) {
    FakeTerminal terminal = new FakeTerminal();
    Shell shell = new Shell(terminal.terminal(), (_, _) -> new FakeEngine());
    TrainCommand train = new TrainCommand(shell);
    new CommandLine(train).parseArgs(arguments);
    return String.valueOf(assertThrows(how, train::run).getMessage());
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void cacheIsReplacedInOneStep(@TempDir Path folder) throws Exception {
    Path learnt = Files.writeString(folder.resolve("learnt"), "new");
    Path cache = Files.writeString(folder.resolve("node.aot"), "old");
    TrainCommand.keep(learnt, cache);
    assertEquals("new", Files.readString(cache));
    assertEquals(1, count(folder));
    Path nowhere = folder.resolve("none").resolve("node.aot");
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> TrainCommand.keep(cache, nowhere));
    assertTrue(failure.getMessage().contains(nowhere.toString()));
  }

  @Test
  void cacheBelongsToOneBuildAndOneJdk(@TempDir Path folder) throws Exception {
    Path cache = folder.resolve("node.aot");
    TrainCommand.Build none = TrainCommand.Build.beside(cache);
    assertTrue(none.isSame(cache));
    Path home = Files.writeString(folder.resolve("java_home"), "a");
    Path stamp = Files.writeString(folder.resolve("stamp"), "");
    assertFalse(none.isSame(cache));
    TrainCommand.Build build = TrainCommand.Build.beside(cache);
    assertTrue(build.isSame(cache));
    Files.writeString(home, "b");
    assertFalse(build.isSame(cache));
    Files.writeString(home, "a");
    Files.setLastModifiedTime(stamp, FileTime.fromMillis(1));
    assertFalse(build.isSame(cache));
  }

  @Test
  void leadersAreSpreadAsThePlacementDriverLeavesThem() {
    assertTrue(Trial.isSpread(List.of(store(1, 70), store(2, 62), store(3, 68))));
    assertFalse(Trial.isSpread(List.of(store(1, 70), store(2, 61), store(3, 69))));
    assertTrue(Trial.isSpread(List.of(store(1, 1000), store(2, 900), store(3, 950))));
    assertFalse(Trial.isSpread(List.of(store(1, 1000), store(2, 899), store(3, 950))));
  }

  private static StoreStatus store(long id, long leaders) {
    return new StoreStatus(
        StoreId.of(id),
        "127.0.0.1:" + id,
        StoreStatus.State.UP,
        3 * leaders,
        leaders,
        0,
        1 << 30,
        StoreStatus.Disk.ROOMY,
        0,
        "",
        "");
  }

  @Test
  void nobodyIsStartedOnceTheFleetEnds(@TempDir Path folder) {
    LocalFleet fleet = new LocalFleet();
    fleet.kill();
    assertThrows(CommandFailure.class, () -> fleet.startNext(folder, "127.0.0.1:0", List.of()));
    assertThrows(CommandFailure.class, () -> fleet.startHelper(new ProcessBuilder("none")));
    assertEquals(List.of(), fleet.nodes());
  }

  @Test
  void trialFolderGoesWithWhatIsInIt(@TempDir Path parent) throws Exception {
    for (TrialFolder trial :
        List.of(TrialFolder.make("flotilla-test"), TrialFolder.makeIn(parent, "test"))) {
      Files.createDirectories(trial.path().resolve("1/deep"));
      Files.writeString(trial.path().resolve("1/deep/file"), "x");
      trial.delete();
      assertTrue(Files.notExists(trial.path()));
    }
  }

  @Test
  void failureOfATrialSaysWhereTheLogsAre(@TempDir Path folder) {
    TrialFolder trial = new TrialFolder(folder);
    RuntimeException failure = trial.withLogs(new CommandFailure("no leader"));
    assertEquals("no leader; logs in " + folder, failure.getMessage());
    assertSame(failure, trial.withLogs(failure));
    RuntimeException fault = new IllegalStateException("fault");
    assertSame(fault, trial.withLogs(fault));
  }

  @Test
  void lastLineOfALog(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("node.log");
    assertEquals("it left no log", ChildNode.lastLine(log));
    Files.writeString(log, "\n");
    assertEquals("it said nothing", ChildNode.lastLine(log));
    Files.writeString(log, "first\nflotilla: last\n\n");
    assertEquals("last", ChildNode.lastLine(log));
  }
}

package io.flotilla.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The script `flotilla`, in a folder of its own and with a JDK that only looks like one: what it
/// does before it becomes the JVM.
@EnabledOnOs(OS.LINUX)
final class LauncherTest {
  private static final long PATIENCE_SECONDS = 60;

  /// As a node it says where it listens and stays; whatever else is asked of it waits while there
  /// is a file `slow`. Notes what it was called for.
  private static final String JAVA =
      """
      #!/bin/sh
      here=$(dirname "$0")/..
      case " $* " in
        *" start "*)
          echo $$ >> "$here/nodes"
          echo "  listening  127.0.0.1:1"
          exec sleep 600 ;;
        *)
          echo "$*" >> "$here/calls"
          while [ -e "$here/slow" ]; do sleep 0.05; done ;;
      esac
      """;

  @TempDir Path root;

  @BeforeEach
  void setUp() throws IOException {
    Path real = Repository.root();
    Files.createDirectories(root.resolve(".ci"));
    Files.copy(real.resolve("flotilla"), root.resolve("flotilla"));
    Files.copy(real.resolve(".ci/find-jdk"), root.resolve(".ci/find-jdk"));
    Files.createDirectories(root.resolve("target/dist/lib"));
    Files.writeString(root.resolve("target/dist/stamp"), "");
    Files.createDirectories(root.resolve("jdk/bin"));
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
    for (String tool : List.of("java", "javac")) {
      Path file = Files.writeString(root.resolve("jdk/bin").resolve(tool), JAVA);
      assertTrue(file.toFile().setExecutable(true));
    }
  }

  @AfterEach
  void tearDown() throws IOException {
    nodes().forEach(node -> ProcessHandle.of(node).ifPresent(ProcessHandle::destroyForcibly));
  }

  @Test
  void theFirstStartTriesANodeAndEndsIt() throws Exception {
    assertEquals(0, start().waitFor());
    assertEquals(1, nodes().size());
    assertFalse(isAlive(nodes().getFirst()));
    assertTrue(Files.exists(root.resolve("target/dist/java_home")));
    assertEquals(List.of("dist"), left());
    assertEquals(0, start().waitFor());
    assertEquals(1, nodes().size(), "once is enough");
  }

  /// A terminal's Ctrl-C goes to all that the script started, but a shell lets nothing that runs in
  /// the background hear of it.
  @Test
  void afterCtrlCInTheFirstStartNothingIsLeft() throws Exception {
    Files.writeString(root.resolve("jdk/slow"), "");
    Process launcher = start();
    await(() -> Files.exists(root.resolve("jdk/calls")));
    long node = nodes().getFirst();
    assertTrue(isAlive(node));
    String group = "-" + launcher.pid();
    assertEquals(0, new ProcessBuilder("kill", "-INT", "--", group).start().waitFor());
    assertTrue(launcher.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(130, launcher.exitValue());
    await(() -> !isAlive(node));
    assertEquals(List.of("dist"), left());
    assertFalse(Files.exists(root.resolve("target/dist/java_home")), "the next one tries again");
  }

  /// In a process group of its own, as a terminal would start it.
  private Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "setsid", "env", "--default-signal=INT", root.resolve("flotilla").toString(), "status");
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    builder.environment().put("FLOTILLA_NO_BUILD", "1");
    builder.redirectErrorStream(true);
    builder.redirectOutput(root.resolve("out").toFile());
    return builder.start();
  }

  private List<Long> nodes() throws IOException {
    Path file = root.resolve("jdk/nodes");
    List<Long> nodes = new ArrayList<>();
    if (Files.exists(file)) {
      Files.readAllLines(file).forEach(line -> nodes.add(Long.parseLong(line)));
    }
    return nodes;
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /// What is below `target`.
  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("target"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "it took too long");
      LockSupport.parkNanos(20_000_000);
    }
  }
}

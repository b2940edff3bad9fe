package io.flotilla.sim.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Seeds that are run in a process of their own: what only looks the same because two runs share a
/// process (the order of a hash set, an identity) is not the same there.
final class SecondRun {
  private static final Pattern WELL = Pattern.compile("seed (\\d+): ([0-9a-f]+), \\d+ calls");

  private final Process process;
  private final Path output;

  private SecondRun(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /// Begins to run them, one after the other.
  static SecondRun begin(List<Long> seeds) throws IOException {
    Path output = Files.createTempFile("flotilla-seeds", ".txt");
    List<String> command = command(System.getProperty("java.class.path"));
    command.add(FleetRun.EACH);
    seeds.forEach(seed -> command.add(Long.toString(seed)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new SecondRun(process, output);
  }

  /// How to run [FleetRun#main] with these classes, up to its arguments.
  static List<String> command(String classPath) {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-cp",
            classPath,
            FleetRun.class.getName()));
  }

  /// The digests of those that went well, once it has ended.
  Map<Long, String> digests() throws IOException, InterruptedException {
    process.waitFor();
    Map<Long, String> digests = new TreeMap<>();
    Matcher well = WELL.matcher(Files.readString(output));
    while (well.find()) {
      digests.put(Long.parseLong(well.group(1)), well.group(2));
    }
    return digests;
  }

  /// Ends it, if it runs still, and leaves nothing.
  void end() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(output);
  }
}

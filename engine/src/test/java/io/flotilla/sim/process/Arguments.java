package io.flotilla.sim.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `--name value` pairs of a tool.
final class Arguments {
  private final Map<String, String> named = new TreeMap<>();

  /// @throws IllegalArgumentException for anything but pairs of which the names are known
  Arguments(String[] args, List<String> known) {
    for (int i = 0; i < args.length; i += 2) {
      if (!known.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "'" + args[i] + "': each of " + known + " takes a value");
      }
      named.put(args[i], args[i + 1]);
    }
  }

  String text(String name, String otherwise) {
    return named.getOrDefault(name, otherwise);
  }

  Path path(String name, String otherwise) {
    return Path.of(text(name, otherwise)).toAbsolutePath();
  }

  double number(String name, double otherwise) {
    return Double.parseDouble(text(name, Double.toString(otherwise)));
  }
}

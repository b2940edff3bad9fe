package io.flotilla.cli.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// CPU time of processes on this machine, from Linux's `/proc`.
final class ProcessCpu {
  private static final long TICKS_PER_SECOND = 100;
  private static final int USER_TICKS_FIELD = 11;
  private static final int SYSTEM_TICKS_FIELD = 12;

  private ProcessCpu() {}

  /// User and system time in microseconds, with a grain of 10 milliseconds; nothing if unknown.
  static OptionalLong micros(long pid) {
    try {
      return micros(Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  // The second field is the program's name in parentheses and may hold anything, so count after it.
  static OptionalLong micros(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    if (fields.length <= SYSTEM_TICKS_FIELD) {
      return OptionalLong.empty();
    }
    long ticks =
        Long.parseLong(fields[USER_TICKS_FIELD]) + Long.parseLong(fields[SYSTEM_TICKS_FIELD]);
    return OptionalLong.of(ticks * (1_000_000 / TICKS_PER_SECOND));
  }
}

package io.flotilla.engine.rocks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Locale;

/// Gives a file blocks of the disk without writing them, where the system can: Java itself knows
/// files that are written, or sparse, but nothing between.
@SuppressWarnings("restricted")
final class Preallocation {
  private static final int WRITE_ONLY = 1;
  private static final int NO_SPACE = 28;

  private Preallocation() {}

  /// Extends the file, which must be there, to `bytes` with real blocks.
  ///
  /// @return false if the system cannot; then nothing is promised about the file
  /// @throws IOException if the disk has no room for it
  static boolean extend(Path file, long bytes) throws IOException {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle open = function("open", JAVA_INT, ADDRESS, JAVA_INT);
      int descriptor = (int) open.invokeExact(arena.allocateFrom(file.toString()), WRITE_ONLY);
      if (descriptor < 0) {
        return false;
      }
      try {
        MethodHandle allocate =
            function("posix_fallocate", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
        int error = (int) allocate.invokeExact(descriptor, 0L, bytes);
        if (error == NO_SPACE) {
          throw new IOException("No space left on device");
        }
        return error == 0;
      } finally {
        int _ = (int) function("close", JAVA_INT, JAVA_INT).invokeExact(descriptor);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable unsupported) {
      return false;
    }
  }

  private static MethodHandle function(String name, ValueLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(), FunctionDescriptor.of(result, arguments));
  }
}

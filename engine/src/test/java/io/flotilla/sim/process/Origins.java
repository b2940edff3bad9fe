package io.flotilla.sim.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which node is at the other end of a connection from this machine, by what the kernel says.
/// Thread-safe.
final class Origins {
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final int FIELD_LOCAL = 1;
  private static final int FIELD_REMOTE = 2;
  private static final int FIELD_INODE = 9;

  private final Map<Integer, Long> processes = new ConcurrentHashMap<>();

  /// Node `node` is this process now.
  void set(int node, long process) {
    processes.put(node, process);
  }

  /// The node that connected from `port` to `serverPort`; [Links#CLIENTS]: none of them.
  int of(int port, int serverPort) {
    try {
      String inode = inode(port, serverPort);
      if (inode != null) {
        for (Map.Entry<Integer, Long> each : processes.entrySet()) {
          if (hasSocket(each.getValue(), "socket:[" + inode + "]")) {
            return each.getKey();
          }
        }
      }
    } catch (IOException gone) {
      // Whoever has ended meanwhile is not at the other end any more.
    }
    return Links.CLIENTS;
  }

  private static @Nullable String inode(int port, int serverPort) throws IOException {
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      Path file = Path.of(table);
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        List<String> fields = List.of(BLANKS.split(line.strip()));
        if (fields.size() > FIELD_INODE
            && fields.get(FIELD_LOCAL).endsWith(hex(port))
            && fields.get(FIELD_REMOTE).endsWith(hex(serverPort))) {
          return fields.get(FIELD_INODE);
        }
      }
    }
    return null;
  }

  private static String hex(int port) {
    return ":%04X".formatted(port);
  }

  private static boolean hasSocket(long process, String socket) throws IOException {
    Path open = Path.of("/proc", Long.toString(process), "fd");
    if (!Files.isDirectory(open)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(open)) {
      for (Path file : files) {
        if (pointsTo(file, socket)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean pointsTo(Path file, String socket) {
    try {
      return Files.readSymbolicLink(file).toString().equals(socket);
    } catch (IOException closed) {
      return false;
    }
  }
}

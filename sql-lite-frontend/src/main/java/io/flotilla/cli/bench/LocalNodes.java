package io.flotilla.cli.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Finds the processes on this machine that serve given addresses, in Linux's `/proc`: from port to
/// listening socket to process.
final class LocalNodes {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";

  private LocalNodes() {}

  /// Process ids; empty for addresses of other machines, other users' processes, other systems.
  static Set<Long> pids(Collection<String> addresses) {
    Set<Integer> ports = new HashSet<>();
    for (String address : addresses) {
      int colon = address.lastIndexOf(':');
      if (colon > 0 && isLocal(address.substring(0, colon))) {
        ports.add(Integer.parseInt(address.substring(colon + 1)));
      }
    }
    try {
      return ports.isEmpty() ? Set.of() : owners(sockets(ports));
    } catch (IOException e) {
      return Set.of();
    }
  }

  private static boolean isLocal(String host) {
    try {
      InetAddress address = InetAddress.getByName(host.replaceAll("[\\[\\]]", ""));
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static Set<String> sockets(Set<Integer> ports) throws IOException {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      Path file = PROC.resolve(table);
      if (Files.exists(file)) {
        sockets.addAll(sockets(Files.readAllLines(file), ports));
      }
    }
    return sockets;
  }

  /// The links `socket:[inode]` of those lines of a socket table that listen on one of the ports.
  static List<String> sockets(List<String> table, Set<Integer> ports) {
    List<String> sockets = new ArrayList<>();
    for (String line : table.subList(1, table.size())) {
      String[] fields = line.strip().split("\\s+");
      String local = fields[1];
      int port = Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16);
      if (fields[3].equals(LISTENING) && ports.contains(port)) {
        sockets.add("socket:[" + fields[9] + "]");
      }
    }
    return sockets;
  }

  private static Set<Long> owners(Set<String> sockets) throws IOException {
    Set<Long> pids = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holdsAny(process.resolve("fd"), sockets)) {
          pids.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return pids;
  }

  // A process may end, or belong to somebody else, while it is looked at.
  private static boolean holdsAny(Path descriptors, Set<String> sockets) {
    try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
      for (Path link : links) {
        if (sockets.contains(target(link))) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}

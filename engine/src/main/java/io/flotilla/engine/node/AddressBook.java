package io.flotilla.engine.node;

import io.flotilla.keyspace.StoreId;
import io.flotilla.transport.frame.HostPort;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Where the stores of the fleet listen, as far as this node knows: kept in the store's folder, so
/// that a fleet that was stopped as a whole finds itself again.
///
/// A hint, not truth: a wrong address costs a refused handshake (ids are checked there), so a
/// damaged file is dropped and learned anew. Thread-safe.
final class AddressBook {
  private static final String FILE = "ADDRESSES";

  private final @Nullable Path file;
  private final BiConsumer<StoreId, String> listener;
  private volatile Map<StoreId, String> addresses;
  private final Map<StoreId, HostPort> parsed = new ConcurrentHashMap<>();

  /// `folder` null: kept in memory alone. `listener` hears of every new or changed address.
  AddressBook(@Nullable Path folder, BiConsumer<StoreId, String> listener) {
    this.file = folder == null ? null : folder.resolve(FILE);
    this.listener = listener;
    this.addresses = file == null ? new TreeMap<>() : read(file);
    addresses.forEach(this::tell);
  }

  @Nullable String addressOf(StoreId store) {
    return addresses.get(store);
  }

  /// The same, ready for use.
  @Nullable HostPort hostPortOf(StoreId store) {
    return parsed.get(store);
  }

  private void tell(StoreId store, String address) {
    parsed.put(store, HostPort.parse(address));
    listener.accept(store, address);
  }

  /// All known addresses, by store.
  Map<StoreId, String> all() {
    return new TreeMap<>(addresses);
  }

  /// Takes over what the placement driver says, or what a peer said of itself.
  synchronized void learn(Map<StoreId, String> news) {
    Map<StoreId, String> merged = new TreeMap<>(addresses);
    boolean changed = false;
    for (Map.Entry<StoreId, String> entry : news.entrySet()) {
      if (!entry.getValue().equals(merged.put(entry.getKey(), entry.getValue()))) {
        changed = true;
        tell(entry.getKey(), entry.getValue());
      }
    }
    if (changed) {
      addresses = merged;
      if (file != null) {
        write(file, merged);
      }
    }
  }

  private static Map<StoreId, String> read(Path file) {
    Map<StoreId, String> found = new TreeMap<>();
    try {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      for (String line : lines) {
        int space = line.indexOf(' ');
        if (space > 0) {
          String address = HostPort.parse(line.substring(space + 1)).toString();
          found.put(new StoreId(Long.parseLong(line.substring(0, space))), address);
        }
      }
    } catch (IOException | IllegalArgumentException damaged) {
      return new TreeMap<>();
    }
    return found;
  }

  private static void write(Path file, Map<StoreId, String> addresses) {
    StringBuilder text = new StringBuilder();
    addresses.forEach(
        (store, address) -> text.append(store).append(' ').append(address).append('\n'));
    Path fresh = file.resolveSibling(FILE + ".new");
    try {
      Files.writeString(fresh, text, StandardCharsets.UTF_8);
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException unwritable) {
      // The book is learned anew from the placement driver; a full disk must not end the node here.
      return;
    }
  }
}

package io.flotilla.engine.node;

import io.flotilla.engine.rocks.StoreFolder;
import io.flotilla.engine.rocks.StoreIdentity;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.store.Store;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.request.IdentityHandler;
import io.flotilla.transport.request.RequestClient;
import io.flotilla.transport.request.RequestFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a folder becomes a store of a fleet: by founding one, or by joining one.
///
/// The identity is written last. A process that dies before that leaves a folder from which nothing
/// was ever served, and the next start does it all again.
final class FirstStart {
  /// The store, ranges and peers that a new fleet begins with.
  static final StoreId FOUNDER = new StoreId(1);

  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");
  private static final String INSTANCE = "INSTANCE";
  private static final long JOIN_SECONDS_MAX = 20;
  private static final long IDENTIFY_SECONDS_MAX = 3;

  private FirstStart() {}

  /// A name for this folder, drawn once: by it the placement driver knows a registration that is
  /// repeated.
  static String instance(Path folder) {
    Path file = folder.resolve(INSTANCE);
    try {
      if (Files.exists(file)) {
        return Files.readString(file, StandardCharsets.UTF_8).strip();
      }
      String drawn = UUID.randomUUID().toString();
      Files.writeString(file, drawn, StandardCharsets.UTF_8);
      return drawn;
    } catch (IOException unusable) {
      throw new NodeStartException(
          file + " cannot be read or written (" + unusable + "); check the folder's permissions",
          unusable);
    }
  }

  /// The store's folder, open and locked; made if there is none.
  static StoreFolder folder(Path data) {
    return StoreFolder.isStore(data)
        ? StoreFolder.open(data)
        : StoreFolder.create(data, StoreIdentity.UNASSIGNED);
  }

  /// Who a node with this folder is, or will be: a store that joins is yet to be given its id.
  ///
  /// @param join addresses of the fleet it should belong to, empty: whatever the folder says
  static StoreIdentity identity(StoreFolder folder, List<String> join, RequestClient client) {
    StoreIdentity found = folder.identity();
    if (join.isEmpty()) {
      return found.isAssigned() ? found : founding();
    }
    String cluster;
    try {
      cluster = clusterAt(join, client);
    } catch (NodeStartException unreachable) {
      if (found.isAssigned()) {
        LOG.warn("{}; going on, since this store is a member already", unreachable.getMessage());
        return found;
      }
      throw unreachable;
    }
    folder.requireCluster(cluster);
    return found.isAssigned() ? found : new StoreIdentity(cluster, null);
  }

  /// The identity of a fleet's first store.
  static StoreIdentity founding() {
    return new StoreIdentity(UUID.randomUUID().toString(), FOUNDER);
  }

  /// Writes the two ranges that a new fleet begins with.
  static void bootstrap(Store store) {
    store.bootstrap(first(RangeDescriptor.PLACEMENT, 1), List.of());
    store.bootstrap(first(RangeDescriptor.FIRST, 2), List.of());
  }

  private static RangeDescriptor first(RangeId range, long peer) {
    return new RangeDescriptor(
        range,
        KeySpan.ALL,
        1,
        List.of(new ReplicaDescriptor(new PeerId(peer), FOUNDER, ReplicaKind.VOTER)));
  }

  /// The cluster that the nodes at `addresses` belong to.
  ///
  /// @throws NodeStartException if none answers
  static String clusterAt(List<String> addresses, RequestClient client) {
    String lastReason = "no address given";
    for (String address : addresses) {
      CompletableFuture<Identity> answer = new CompletableFuture<>();
      client.identify(
          parse(address),
          new IdentityHandler() {
            @Override
            public void onIdentity(Identity identity) {
              answer.complete(identity);
            }

            @Override
            public void onFailure(RequestFailure failure) {
              answer.completeExceptionally(new IOException(failure.reason()));
            }
          });
      try {
        return answer.get(IDENTIFY_SECONDS_MAX, TimeUnit.SECONDS).cluster();
      } catch (ExecutionException failed) {
        lastReason = address + ": " + reasonOf(failed);
      } catch (TimeoutException silent) {
        lastReason = address + ": no answer";
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new NodeStartException("interrupted while joining", interrupted);
      }
    }
    throw new NodeStartException(
        "no node of the fleet to join could be reached ("
            + lastReason
            + "); check --join and that the fleet runs");
  }

  private static String reasonOf(ExecutionException failed) {
    Throwable cause = failed.getCause();
    return String.valueOf(cause == null ? failed.getMessage() : cause.getMessage());
  }

  static HostPort parse(String address) {
    try {
      return HostPort.parse(address);
    } catch (IllegalArgumentException malformed) {
      throw new NodeStartException(String.valueOf(malformed.getMessage()), malformed);
    }
  }

  /// What others are told to call, null: where the node listens.
  ///
  /// @throws NodeStartException if nobody could call it
  static @Nullable HostPort advertised(@Nullable String advertise, HostPort listen) {
    if (advertise == null) {
      if (isWildcard(listen)) {
        throw new NodeStartException(
            "listening on "
                + listen
                + " serves every address of this machine, but says none that others can call; add"
                + " --advertise HOST:PORT");
      }
      return null;
    }
    HostPort parsed = parse(advertise);
    if (parsed.port() == 0 || isWildcard(parsed)) {
      throw new NodeStartException(
          "nobody can call "
              + parsed
              + "; --advertise takes the host and the port by which other nodes and clients reach"
              + " this one");
    }
    return parsed;
  }

  private static boolean isWildcard(HostPort address) {
    try {
      return InetAddress.ofLiteral(address.host()).isAnyLocalAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  /// Asks for a place in the fleet.
  static PlacementReply.Registered register(
      PlacementClient placement, PlacementRequest.RegisterStore request) {
    CompletableFuture<PlacementClient.Outcome> answer = new CompletableFuture<>();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(JOIN_SECONDS_MAX);
    placement.call(request, until, answer::complete);
    try {
      PlacementClient.Outcome outcome = answer.get(JOIN_SECONDS_MAX + 5, TimeUnit.SECONDS);
      if (outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Registered done)) {
        return done;
      }
      throw new NodeStartException("could not join the fleet: " + OracleClient.reasonOf(outcome));
    } catch (ExecutionException | TimeoutException late) {
      throw new NodeStartException("could not join the fleet: no answer", late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new NodeStartException("interrupted while joining", interrupted);
    }
  }

  /// A folder in which founding was begun must not join another fleet.
  static void requireEmptyForJoining(StoreFolder folder, boolean hasRanges) {
    if (hasRanges) {
      throw new NodeStartException(
          folder.path()
              + ": a fleet was begun in this folder and never started; start it without --join, or"
              + " join with an empty folder");
    }
  }
}

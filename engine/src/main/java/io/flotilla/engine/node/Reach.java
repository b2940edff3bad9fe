package io.flotilla.engine.node;

import io.flotilla.engine.BusyException;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.UnavailableException;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.request.IdentityHandler;
import io.flotilla.transport.request.RequestClient;
import io.flotilla.transport.request.RequestFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks whether any of some addresses lets this client in, all at once, and says why if none does.
final class Reach {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// Stands for the addresses in a reason that several have in common; nobody is called so.
  private static final String ADDRESSES = "\u0000";

  private final List<String> addresses;
  private final Map<String, RequestFailure> failures = new TreeMap<>();

  /// True: a node has let us in; false: none will.
  private final CompletableFuture<Boolean> decided = new CompletableFuture<>();

  private Reach(List<String> addresses) {
    this.addresses = addresses;
  }

  /// Returns once a node has let the client in. Waits; not for a loop.
  ///
  /// @throws BusyException if there are nodes, but with as many connections as they may have
  /// @throws UnavailableException if nobody lets the client in; the message says each one's reason
  static void require(RequestClient client, List<String> addresses, Duration within) {
    Reach reach = new Reach(addresses);
    for (String address : addresses) {
      client.identify(HostPort.parse(address), reach.new Answer(address));
    }
    reach.await(within.compareTo(PATIENCE) < 0 ? within : PATIENCE);
  }

  private void await(Duration within) {
    boolean in;
    try {
      in = decided.get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException nobody) {
      in = false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while connecting", interrupted);
    }
    if (!in) {
      throw failure();
    }
  }

  private synchronized EngineException failure() {
    boolean absent = true;
    boolean busy = false;
    for (String address : addresses) {
      RequestFailure failure = failures.get(address);
      absent &= failure == null || failure.reason().startsWith("cannot ");
      busy |= failure instanceof RequestFailure.Busy;
    }
    String reasons = reasons();
    if (busy) {
      return new BusyException("no node lets us in: " + reasons);
    }
    return new UnavailableException(
        absent
            ? "no node answers: "
                + reasons
                + "; is the fleet running, and are these its addresses? start a node (flotilla"
                + " start --data DIR; flotilla demo for a fleet to try), or name running ones"
                + " (--connect HOST:PORT,..., or FLOTILLA_CONNECT)"
            : "no node lets us in: " + reasons);
  }

  /// Each one's reason; what several have in common is said once.
  private String reasons() {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (String address : addresses) {
      RequestFailure failure = failures.get(address);
      String reason = failure == null ? "no answer from " + address + " so far" : failure.reason();
      String common = reason.replace(address, ADDRESSES);
      byReason.computeIfAbsent(common, _ -> new ArrayList<>()).add(address);
    }
    List<String> said = new ArrayList<>();
    byReason.forEach((reason, those) -> said.add(reason.replace(ADDRESSES, join(those))));
    return String.join("; ", said);
  }

  private static String join(List<String> addresses) {
    return String.join(" and ", addresses);
  }

  private final class Answer implements IdentityHandler {
    private final String address;

    Answer(String address) {
      this.address = address;
    }

    @Override
    public void onIdentity(Identity identity) {
      decided.complete(true);
    }

    @Override
    public void onFailure(RequestFailure failure) {
      synchronized (Reach.this) {
        failures.put(address, failure);
        if (failures.size() == addresses.size()) {
          decided.complete(false);
        }
      }
    }
  }
}

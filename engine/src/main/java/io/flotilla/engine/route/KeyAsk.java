package io.flotilla.engine.route;

import io.flotilla.engine.EngineException;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequest.Target;
import io.flotilla.engine.route.RoutedCall.Ask;
import io.flotilla.keyspace.Key;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// A request about one key (or a batch, which goes where its first key is) and the future of its
/// result.
final class KeyAsk<T> implements Ask {
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final Key key;
  private final Kind kind;
  private final Function<Target, KvRequest> request;
  private final Function<KvReply, T> result;

  /// What a request does, and whom it may be sent to.
  enum Kind {
    READ,
    /// A read that any replica may answer.
    READ_ANYWHERE,
    WRITE
  }

  /// @param result throws an [EngineException] for a reply that is none
  KeyAsk(Key key, Kind kind, Function<Target, KvRequest> request, Function<KvReply, T> result) {
    this.key = key;
    this.kind = kind;
    this.request = request;
    this.result = result;
  }

  CompletableFuture<T> future() {
    return future;
  }

  @Override
  public Key position() {
    return key;
  }

  @Override
  public boolean isWrite() {
    return kind == Kind.WRITE;
  }

  @Override
  public boolean isForAnyReplica() {
    return kind == Kind.READ_ANYWHERE;
  }

  @Override
  public KvRequest request(Route route) {
    return request.apply(Replies.target(route));
  }

  @Override
  public void onReply(KvReply reply) {
    T value;
    try {
      value = result.apply(reply);
    } catch (EngineException e) {
      future.completeExceptionally(e);
      return;
    }
    future.complete(value);
  }

  @Override
  public void onFailure(EngineException failure) {
    future.completeExceptionally(failure);
  }
}

/// Versions: what requests to a range of the ordered map mean, evaluated on the leaseholder's loop.
///
/// A request comes as a [KvCall], is judged by the range's [KvMachine] and answered with a
/// [KvReply]. May use `keyspace`, `spi`, `replica`, `codec`, the key layout of `engine.rocks`, and
/// the limits and values of `engine`. Words defined here: *version*, *overlay* (writes in flight),
/// *high-water* (the highest timestamp a range was read at), *threshold* (the lowest timestamp it
/// can still be read at), *keeper*.
@NullMarked
package io.flotilla.engine.mvcc;

import org.jspecify.annotations.NullMarked;

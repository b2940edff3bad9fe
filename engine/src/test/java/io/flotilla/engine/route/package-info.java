/// Tests of routing: every reply a store can give, at every moment, without a network or a thread.
@NullMarked
package io.flotilla.engine.route;

import org.jspecify.annotations.NullMarked;

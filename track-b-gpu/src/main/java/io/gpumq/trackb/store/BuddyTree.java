package io.gpumq.trackb.store;

import java.util.Arrays;

/**
 * Which blocks of a memory are free: a binary tree over its leaves, in whose nodes stands the
 * largest block that is free below. A block of order <i>k</i> has 2^k leaves and begins at a
 * multiple of that. Two free neighbours of one parent are one block. For one thread at a time.
 */
final class BuddyTree {
  /** What {@link #find} answers where there is none. */
  static final int NONE = -1;

  private final int rootOrder;

  /**
   * For each node, one more than the order of the largest free block in it, or 0. Node 1 is the
   * root, nodes 2n and 2n + 1 are the halves of node n, the last row is the leaves.
   */
  private final byte[] largest;

  /**
   * @param rootOrder of all of it; every leaf is free
   */
  BuddyTree(int rootOrder) {
    this.rootOrder = rootOrder;
    largest = new byte[2 << rootOrder];
    clear();
  }

  /** Makes everything free. */
  void clear() {
    for (int order = rootOrder, node = 1; order >= 0; order--, node *= 2) {
      Arrays.fill(largest, node, 2 * node, (byte) (order + 1));
    }
  }

  /** The order of the largest block that is free, or {@link #NONE}. */
  int largestOrder() {
    return largest[1] - 1;
  }

  /** Whether every leaf is free. */
  boolean isWhole() {
    return largest[1] == rootOrder + 1;
  }

  /**
   * Finds a free block of an order, in the smallest one that there is on the way.
   *
   * @return its first leaf, or {@link #NONE}
   */
  int find(int order) {
    if (largest[1] <= order) {
      return NONE;
    }
    int node = 1;
    for (int at = rootOrder; at > order; at--) {
      int left = largest[2 * node];
      int right = largest[2 * node + 1];
      boolean isLeft = left > order && (right <= order || left <= right);
      node = isLeft ? 2 * node : 2 * node + 1;
    }
    return (node << order) - (1 << rootOrder);
  }

  /** Whether a block is free, or lies in one that is. */
  boolean isFree(int leaf, int order) {
    int node = node(leaf, order);
    boolean isFree = largest[node] == order + 1;
    for (int parent = node / 2; isFree && parent > 0; parent /= 2) {
      isFree = largest[parent] > 0; // below one that was taken nothing is kept up
    }
    return isFree;
  }

  /** Tells of the free blocks from a leaf on, in order, each as large as it is. */
  void eachFree(int from, int end, Range.Block each) {
    eachFree(1, rootOrder, from, end, each);
  }

  private void eachFree(int node, int order, int from, int end, Range.Block each) {
    int first = (node << order) - (1 << rootOrder);
    if (largest[node] == 0 || first >= end || first + (1 << order) <= from) {
      return;
    }
    if (largest[node] == order + 1) {
      each.at(first, order);
    } else {
      eachFree(2 * node, order - 1, from, end, each);
      eachFree(2 * node + 1, order - 1, from, end, each);
    }
  }

  /** Takes a free block, or one that lies in a free block. */
  void take(int leaf, int order) {
    int node = node(leaf, order);
    if (largest[node] != order + 1) {
      throw new IllegalStateException(
          "block of order " + order + " at leaf " + leaf + " is taken, or a part of it is");
    }
    largest[node] = 0;
    for (int parent = node / 2; parent > 0; parent /= 2) {
      largest[parent] = (byte) Math.max(largest[2 * parent], largest[2 * parent + 1]);
    }
  }

  /** Gives back a block that was taken as such. */
  void give(int leaf, int order) {
    int node = node(leaf, order);
    if (largest[node] != 0) {
      throw new IllegalStateException(
          "block of order " + order + " at leaf " + leaf + " is free, or a part of it is");
    }
    largest[node] = (byte) (order + 1);
    for (int parent = node / 2, whole = order + 2; parent > 0; parent /= 2, whole++) {
      int left = largest[2 * parent];
      int right = largest[2 * parent + 1];
      boolean isWhole = left == whole - 1 && right == whole - 1;
      largest[parent] = (byte) (isWhole ? whole : Math.max(left, right));
    }
  }

  private int node(int leaf, int order) {
    return (1 << rootOrder) + leaf >> order;
  }
}

#include "threads.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace poolkit {
namespace {

// One thread's scratch, freed with it.
class ScratchMemory {
public:
    explicit ScratchMemory(const Rows& rows) {
        scratch_ = {allocate(rows.padded_values * widest), allocate(rows.folded_values * widest),
                    allocate(rows.ends_values * widest),
                    static_cast<const void**>(allocate(rows.most_folded * sizeof(void*)))};
    }
    const Scratch& get() const { return scratch_; }

private:
    static constexpr std::int64_t widest = 8;  // bytes of the widest element
    static constexpr std::align_val_t cache_line{64};

    struct Free {
        void operator()(void* memory) const { ::operator delete(memory, cache_line); }
    };

    void* allocate(std::int64_t bytes) {
        owned_.emplace_back(::operator new(static_cast<std::size_t>(bytes) + 64, cache_line));
        return owned_.back().get();
    }

    std::vector<std::unique_ptr<void, Free>> owned_;
    Scratch scratch_;
};

// The rows of one call, in chunks that whoever is free takes next. A thread that comes late
// finds none left: nobody waits for it, as one would for a thread that was given a share.
// On two virtual processors a new thread took up to 0.5 ms to begin.
struct Job {
    Job(const Rows& rows_, Kernel kernel_, std::int64_t chunks_)
        : rows(&rows_), kernel(kernel_), chunks(chunks_) {}

    const Rows* const rows;  // gone once all chunks are finished
    const Kernel kernel;
    const std::int64_t chunks;
    std::atomic<std::int64_t> taken{0}, finished{0};
    std::mutex mutex;
    std::condition_variable all_finished;
    std::exception_ptr failure;

    void work() {
        std::unique_ptr<ScratchMemory> scratch;
        for (;;) {
            const std::int64_t chunk = taken.fetch_add(1);
            if (chunk >= chunks) return;
            try {
                if (!scratch) scratch = std::make_unique<ScratchMemory>(*rows);
                kernel(*rows, rows->count * chunk / chunks, rows->count * (chunk + 1) / chunks,
                       scratch->get());
            } catch (...) {
                const std::lock_guard lock(mutex);
                failure = std::current_exception();
            }
            const std::lock_guard lock(mutex);
            if (finished.fetch_add(1) + 1 == chunks) all_finished.notify_all();
        }
    }

    void wait() {
        std::unique_lock lock(mutex);
        all_finished.wait(lock, [&] { return finished.load() == chunks; });
        if (failure) std::rethrow_exception(failure);
    }
};

// Threads that wait for jobs. They are never joined and the pool is never freed, so that
// they may still wait when the process ends.
class Pool {
public:
    void help(const std::shared_ptr<Job>& job, std::int64_t helpers) {
        {
            const std::lock_guard lock(mutex_);
            try {
                for (; threads_ < helpers; ++threads_) std::thread([this] { serve(); }).detach();
            } catch (const std::system_error&) {
                // The system gives no more threads; those there are do the work.
            }
            for (std::int64_t number = 0; number < helpers; ++number) jobs_.push_back(job);
        }
        wake_.notify_all();
    }

private:
    void serve() {
        for (;;) {
            std::shared_ptr<Job> job;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [&] { return !jobs_.empty(); });
                job = std::move(jobs_.front());
                jobs_.pop_front();
            }
            job->work();
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Job>> jobs_;
    std::int64_t threads_ = 0;

public:
    const long process = identity();

    static long identity() {
#ifdef _WIN32
        return 0;
#else
        return static_cast<long>(getpid());
#endif
    }
};

// The pool of this process. A forked child has none of its parent's threads, and perhaps a
// lock that one of them held: it gets a pool of its own, and forgets the other.
Pool& pool() {
    static std::atomic<Pool*> current{nullptr};
    Pool* found = current.load();
    while (found == nullptr || found->process != Pool::identity()) {
        auto made = std::make_unique<Pool>();
        if (current.compare_exchange_strong(found, made.get())) return *made.release();
    }
    return *found;
}

}  // namespace

void run(const Rows& rows, Kernel kernel, std::int64_t threads) {
    if (rows.count <= 0) return;
    if (threads <= 1 || rows.count == 1) {
        kernel(rows, 0, rows.count, ScratchMemory(rows).get());
        return;
    }
    // A few chunks for each thread, so that none ends long after the others.
    constexpr std::int64_t chunks_per_thread = 4;
    if (threads > rows.count) threads = rows.count;
    const std::int64_t wanted = threads * chunks_per_thread;
    const auto job = std::make_shared<Job>(rows, kernel, wanted < rows.count ? wanted : rows.count);
    pool().help(job, threads - 1);
    job->work();
    job->wait();
}

}  // namespace poolkit

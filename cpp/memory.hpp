// Arrays as Python hands them over.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <stdexcept>

namespace poolkit {

inline void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

// The memory of an array, held as long as this lives; null where it is not contiguous, not
// aligned, or may not be written to but should be. Half a microsecond faster than nanobind's own
// arrays, which ask for the shape too.
class Memory {
public:
    Memory(nanobind::handle array, std::int64_t alignment, bool writable) {
        held_ = PyObject_GetBuffer(array.ptr(), &view_,
                                   PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0)) == 0;
        if (!held_) {
            PyErr_Clear();
            return;
        }
        if (reinterpret_cast<std::uintptr_t>(view_.buf) % static_cast<std::uintptr_t>(alignment) == 0)
            data_ = view_.buf;
    }
    ~Memory() {
        if (held_) PyBuffer_Release(&view_);
    }
    Memory(const Memory&) = delete;
    void* data() const { return data_; }
    std::int64_t bytes() const { return view_.len; }

private:
    Py_buffer view_{};
    bool held_;
    void* data_ = nullptr;
};

}  // namespace poolkit

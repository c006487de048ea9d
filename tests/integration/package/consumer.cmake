# The CMakeLists.txt of a project that finds the ledger.
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(ledger 0.1 REQUIRED)
add_executable(producer producer.cc)
target_link_libraries(producer PRIVATE ledger::events)

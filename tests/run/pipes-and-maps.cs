//@ exit = 0
// Covers: anonymous and named pipes, memory-mapped files, FileSystemWatcher, DriveInfo.
using System;
using System.Collections.Concurrent;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

static class Program
{
    static void Check(string name, Func<object> what)
    {
        string result;
        try { result = what().ToString(); }
        catch (Exception e) { result = e.GetType() + ": " + e.Message; }
        Console.WriteLine(name + ": " + result);
    }

    static void Main()
    {
        string folder = Directory.CreateTempSubdirectory("kiln").FullName;
        Check("anonymous", () =>
        {
            using var server = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
            using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
            server.Write(new byte[] { 1, 2, 3 });
            var bytes = new byte[3];
            client.ReadExactly(bytes);
            return Convert.ToHexString(bytes);
        });
        Check("named", () =>
        {
            string name = "kiln" + Environment.ProcessId;
            using var server = new NamedPipeServerStream(name, PipeDirection.InOut);
            Task<string> answer = Task.Run(() =>
            {
                using var client = new NamedPipeClientStream(".", name, PipeDirection.InOut);
                client.Connect(30000);
                new StreamWriter(client) { AutoFlush = true }.WriteLine("question");
                return new StreamReader(client).ReadLine();
            });
            server.WaitForConnection();
            string question = new StreamReader(server).ReadLine();
            new StreamWriter(server) { AutoFlush = true }.WriteLine("answer");
            return question + " " + answer.Result;
        });
        Check("nobody listens", () =>
        {
            using var client = new NamedPipeClientStream("nobody" + Environment.ProcessId);
            client.Connect(10);
            return "connected";
        });
        Check("mapped file", () =>
        {
            string file = Path.Combine(folder, "mapped");
            File.WriteAllBytes(file, new byte[100]);
            using (MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file))
            using (MemoryMappedViewAccessor view = map.CreateViewAccessor(10, 50))
            {
                view.Write(0, 0x01020304);
                view.Write(8, 2.5);
                view.Flush();
            }
            return Convert.ToHexString(File.ReadAllBytes(file).AsSpan(8, 20));
        });
        Check("memory", () =>
        {
            using MemoryMappedFile map = MemoryMappedFile.CreateNew(null, 10000);
            using MemoryMappedViewStream view = map.CreateViewStream();
            view.WriteByte(7);
            view.Position = 0;
            return view.ReadByte() + " " + view.Length;
        });
        Check("outside of a view", () =>
        {
            using MemoryMappedFile map = MemoryMappedFile.CreateNew(null, 100);
            using MemoryMappedViewAccessor view = map.CreateViewAccessor();
            return view.ReadInt32(100000);
        });
        Check("watch", () =>
        {
            var seen = new ConcurrentQueue<string>();
            using var deleted = new ManualResetEventSlim();
            using var watcher = new FileSystemWatcher(folder);
            watcher.Created += (_, e) => seen.Enqueue("created " + e.Name);
            watcher.Renamed += (_, e) => seen.Enqueue("renamed " + e.OldName + " " + e.Name);
            watcher.Deleted += (_, e) => { seen.Enqueue("deleted " + e.Name); deleted.Set(); };
            watcher.EnableRaisingEvents = true;
            File.WriteAllText(Path.Combine(folder, "a"), "x");
            File.Move(Path.Combine(folder, "a"), Path.Combine(folder, "b"));
            File.Delete(Path.Combine(folder, "b"));
            deleted.Wait(30000);
            return string.Join(", ", seen);
        });
        Check("root", () => { var root = new DriveInfo("/"); return $"{root.IsReady} {root.TotalSize > 0} {root.Name} {root.RootDirectory.FullName}"; });
        Check("drives", () => DriveInfo.GetDrives().Any(d => d.Name == "/"));
        Directory.Delete(folder, true);
    }
}

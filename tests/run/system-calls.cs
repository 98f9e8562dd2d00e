//@ exit = 0
// Covers: what the class library asks of the system and few programs need: network interfaces and connections, where packets went, multicast
// options, FIFOs and groups in archives, the program as a library.
using System;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

static unsafe class Program
{
    static void Try(string name, Func<object?> f)
    {
        object? r;
        try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name + (e is SocketException s ? " " + s.SocketErrorCode : ""); }
        Console.WriteLine($"{name}: {r}");
    }

    static void Main()
    {
        Try("system", () => RuntimeInformation.OSDescription);
        Try("version", () => Environment.OSVersion.Platform);
        Try("main program", () =>
        {
            nint main = NativeLibrary.GetMainProgramHandle();
            return (main != 0) + " " + NativeLibrary.TryGetExport(main, "strlen", out nint f) + " " + (f == 0 ? 0 : ((delegate* unmanaged<byte*, nint>)f)((byte*)Marshal.StringToCoTaskMemUTF8("four")))
                + " " + NativeLibrary.TryGetExport(main, "no_such_function", out _);
        });
        foreach (var n in NetworkInterface.GetAllNetworkInterfaces().OrderBy(n => n.Name, StringComparer.Ordinal))
        {
            Try(n.Name, () => $"{n.Id} {n.NetworkInterfaceType} {n.OperationalStatus} {n.SupportsMulticast} {n.GetPhysicalAddress()}");
            Try(n.Name + " properties", () => n.GetIPProperties() is var p ? $"{p.GetIPv4Properties()?.Mtu} {p.GetIPv4Properties()?.Index} "
                + string.Join(" ", p.UnicastAddresses.Select(a => $"{a.Address}/{a.PrefixLength}").Order(StringComparer.Ordinal)) : null);
        }
        Try("available", () => NetworkInterface.GetIsNetworkAvailable() + " " + NetworkInterface.LoopbackInterfaceIndex);
        Try("connections", () =>
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listener.LocalEndPoint!);
            using var server = listener.Accept();
            var all = IPGlobalProperties.GetIPGlobalProperties();
            return all.GetActiveTcpListeners().Contains(listener.LocalEndPoint) + " "
                + all.GetActiveTcpConnections().First(c => c.LocalEndPoint.Equals(client.LocalEndPoint)).State;
        });
        foreach (bool v6 in new[] { false, true })
        {
            Try("packet information " + v6, () =>
            {
                var any = v6 ? IPAddress.IPv6Any : IPAddress.Any;
                using var receiver = new Socket(any.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                receiver.SetSocketOption(v6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
                receiver.Bind(new IPEndPoint(any, 0));
                receiver.ReceiveTimeout = 5000;
                using var sender = new Socket(any.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                sender.SendTo(Encoding.ASCII.GetBytes("packet"), new IPEndPoint(v6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, ((IPEndPoint)receiver.LocalEndPoint!).Port));
                var buffer = new byte[100];
                var flags = SocketFlags.None;
                EndPoint from = new IPEndPoint(any, 0);
                int n = receiver.ReceiveMessageFrom(buffer, 0, buffer.Length, ref flags, ref from, out var information);
                return $"{Encoding.ASCII.GetString(buffer, 0, n)} {flags} {information.Address} {information.Interface == NetworkInterface.LoopbackInterfaceIndex}";
            });
        }
        Try("multicast", () =>
        {
            using var s = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            s.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(NetworkInterface.LoopbackInterfaceIndex));
            s.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(IPAddress.Parse("239.1.2.3"), NetworkInterface.LoopbackInterfaceIndex));
            s.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.DropMembership, new MulticastOption(IPAddress.Parse("239.1.2.3"), NetworkInterface.LoopbackInterfaceIndex));
            return s.GetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface);
        });
        Try("multicast 6", () =>
        {
            using var s = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            s.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, NetworkInterface.LoopbackInterfaceIndex);
            s.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(IPAddress.Parse("ff02::1:2"), NetworkInterface.LoopbackInterfaceIndex));
            return s.GetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface);
        });
        string dir = Directory.CreateTempSubdirectory("kiln-system").FullName;
        Try("archive", () =>
        {
            var memory = new MemoryStream();
            using (var writer = new TarWriter(memory, leaveOpen: true))
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Fifo, "pipe") { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream("text"u8.ToArray()) });
            }
            memory.Position = 0;
            TarFile.ExtractToDirectory(memory, dir, overwriteFiles: false);
            var again = new MemoryStream();
            using (var writer = new TarWriter(again, leaveOpen: true))
                foreach (string path in Directory.GetFileSystemEntries(dir).Order(StringComparer.Ordinal))
                    writer.WriteEntry(path, Path.GetFileName(path));
            again.Position = 0;
            using var reader = new TarReader(again);
            string all = "";
            while (reader.GetNextEntry() is { } entry)
                all += $"{entry.Name} {entry.EntryType} {entry.Mode} {((PosixTarEntry)entry).GroupName} ";
            return all;
        });
        Directory.Delete(dir, recursive: true);
    }
}
